"""A municipality's colour, and the shades that the pages need of it, checked for contrast (WCAG 2.2, 1.4.3 and 1.4.11).

White text stands on the colour (buttons), so 4.5:1 against white is asked for; lines and marks in it, on white and on
sand, need 3:1 and then have it. The darker shade carries the footer's white text and links that turn `SUN` when pointed
at; text in the darker shade stands on the pale one.
"""

import colorsys

WHITE = "#ffffff"
SUN = "#f2b84b"
TEXT_CONTRAST = 4.5
STEPS = 200


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, each from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def written(red: float, green: float, blue: float) -> str:
    """Channels from 0 to 1 as `#rrggbb`."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, value))):02x}" for value in (red, green, blue))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, from 0 (black) to 1 (white)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str, *demands: tuple[str, float], at_most: float = 1.0) -> str:
    """The colour in the nearest lower lightness that has each demanded contrast (other colour, ratio), hue kept.

    `at_most`: the share of its own lightness that it may begin from."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*channels(colour))
    lightness *= at_most
    for step in range(STEPS + 1):
        tried = written(*colorsys.hls_to_rgb(hue, lightness * (1 - step / STEPS), saturation))
        if all(contrast(tried, other) >= ratio for other, ratio in demands):
            return tried
    raise ValueError("no darkness has that contrast")


def nearest_that_passes(colour: str) -> str:
    """The colour itself where white text can stand on it, else the nearest darker one."""
    return darkened(colour, (WHITE, TEXT_CONTRAST))


def shades(colour: str) -> dict[str, str]:
    """{what the style sheet calls it: the shade} for a colour that passes."""
    pale = written(*(0.9 + 0.1 * value for value in channels(colour)))
    dark = darkened(colour, (WHITE, 7), (SUN, TEXT_CONTRAST), (pale, TEXT_CONTRAST), at_most=0.7)
    return {"--kt-green": colour, "--kt-green-dark": dark, "--kt-green-pale": pale}
