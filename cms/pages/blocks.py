"""What an editor may put on a page: text, a quote, a picture, questions and answers. No embeds, no raw HTML."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, with who said them."""

    text = blocks.TextBlock(label=_("Quote"))
    who = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    """A picture with its text for those who cannot see it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        label=_("What the picture shows"),
        required=False,
        help_text=_("Read aloud by screen readers. Empty if the picture only decorates."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "blocks/picture.html"


class QuestionBlock(blocks.StructBlock):
    """One question and its answer."""

    question = blocks.CharBlock(label=_("Question"))
    answer = blocks.RichTextBlock(label=_("Answer"), features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        icon = "help"
        label = _("Question")


class StoryBlock(blocks.StreamBlock):
    """The body of every page."""

    text = blocks.RichTextBlock(
        label=_("Text"), features=TEXT_FEATURES, icon="pilcrow", template="blocks/text.html"
    )
    quote = QuoteBlock()
    picture = PictureBlock()
    questions = blocks.ListBlock(
        QuestionBlock(), label=_("Questions and answers"), icon="help", template="blocks/questions.html"
    )

    class Meta:
        label = _("Content")
