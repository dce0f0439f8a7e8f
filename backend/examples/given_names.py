"""Common given names in Denmark: a hint of a person, nothing more. Names that are words as well are left out."""

GIVEN_NAMES = frozenset(
    # Women
    "Agnes Alberte Alma Amalie Amina Andrea Ane Anette Anja Anna Anne Annelise Annette Annie Astrid Asta Aya"
    " Ayse Benedikte Bente Berit Birgit Birgitte Birthe Bodil Britt Caroline Camilla Cecilie Charlotte Christina"
    " Clara Connie Ditte Dorte Dorthe Edith Elisabeth Ella Ellen Emilie Emma Esther Eva Fatima Filippa Freja Frida"
    " Gerda Gitte Grethe Gudrun Hanne Heidi Helene Helle Henriette Ida Inge Ingeborg Ingelise Inger Ingrid Irene"
    " Isabella Jane Jannie Jeanette Jette Johanne Josefine Julie Jytte Karen Karin Karina Karla Katrine Kirsten"
    " Kirstine Laila Laura Lea Lena Lene Lisbeth Lise Lisa Liselotte Lone Lotte Louise Lærke Maja Malene Malou Maren"
    " Margit Margrethe Maria Mariam Marianne Marie Marlene Mathilde Merete Mette Mia Mie Mona Monica Nadia Nanna Nina"
    " Olivia Pernille Pia Rasmine Rigmor Rikke Ruth Sanne Sara Sarah Signe Simone Sofie Sofia Sonja Stine Susan"
    " Susanne Sussi Thea Tina Tine Tove Trine Ulla Vibeke Victoria Vivi Winnie Yvonne Zahra Zainab Aase Åse"
    # Men
    " Abdul Adam Ahmed Aksel Albert Alexander Alfred Ali Allan Anders Andreas Anton Arne Arthur Asger Axel Benjamin"
    " Bent Bjarne Brian Carl Carsten Casper Christian Christoffer Claus Daniel Dennis Ebbe Egon Elias Emil Erik Ejner"
    " Finn Flemming Frank Frederik Frode Gert Gunnar Gustav Hassan Henning Henrik Hugo Ib Ibrahim Ivan Jacob Jakob Jan"
    " Jens Jeppe Jesper Joachim Johan Johannes John Johnny Jonas Jonathan Jørgen Jørn Kaj Kai Karl Karsten Kasper Keld"
    " Kenneth Kent Kevin Kim Kjeld Klaus Knud Kristian Kristoffer Kurt Lars Lasse Leif Lennart Leo Lucas Lukas Mads"
    " Magnus Malthe Marcus Mark Martin Mathias Mehmet Michael Mikael Mikkel Mogens Mohamed Mohammad Morten Muhammad"
    " Mustafa Nicklas Nicolai Niels Nikolaj Noah Ole Oliver Omar Oscar Oskar Otto Ove Palle Patrick Paul Peder Peter"
    " Philip Poul Preben Rasmus René Robert Rune Sebastian Silas Simon Steen Steffen Sten Stig Svend Søren Tage Theis"
    " Theodor Thomas Thorkild Tobias Tom Tommy Torben Troels Uffe Ulrik Valdemar Verner Victor Viggo Viktor Villads"
    " Villy William Yusuf Åge Aage".split()
)
