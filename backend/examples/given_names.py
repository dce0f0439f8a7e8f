"""Common given names in Denmark: a hint of a person, nothing more. Names that are words as well are left out."""

_NAMES = """
Aage Aase Abdul Adam Agnes Ahmed Aksel Albert Alberte Alexander Alfred Ali Allan Alma Amalie Amina Anders
Andrea Andreas Ane Anette Anja Anna Anne Annelise Annette Annie Anton Arne Arthur Asger Asta Astrid Axel Aya
Ayse Benedikte Benjamin Bent Bente Berit Birgit Birgitte Birthe Bjarne Bodil Brian Britt Camilla Carl
Caroline Carsten Casper Cecilie Charlotte Christian Christina Christoffer Clara Claus Connie Daniel Dennis
Ditte Dorte Dorthe Ebbe Edith Egon Ejner Elias Elisabeth Ella Ellen Emil Emilie Emma Erik Esther Eva Fatima
Filippa Finn Flemming Frank Frederik Freja Frida Frode Gerda Gert Gitte Grethe Gudrun Gunnar Gustav Hanne
Hassan Heidi Helene Helle Henning Henriette Henrik Hugo Ib Ibrahim Ida Inge Ingeborg Ingelise Inger Ingrid
Irene Isabella Ivan Jacob Jakob Jan Jane Jannie Jeanette Jens Jeppe Jesper Jette Joachim Johan Johanne
Johannes John Johnny Jonas Jonathan Josefine Julie Jytte Jørgen Jørn Kai Kaj Karen Karin Karina Karl Karla
Karsten Kasper Katrine Keld Kenneth Kent Kevin Kim Kirsten Kirstine Kjeld Klaus Knud Kristian Kristoffer
Kurt Laila Lars Lasse Laura Lea Leif Lena Lene Lennart Leo Lisa Lisbeth Lise Liselotte Lone Lotte Louise
Lucas Lukas Lærke Mads Magnus Maja Malene Malou Malthe Marcus Maren Margit Margrethe Maria Mariam Marianne
Marie Mark Marlene Martin Mathias Mathilde Mehmet Merete Mette Mia Michael Mie Mikael Mikkel Mogens Mohamed
Mohammad Mona Monica Morten Muhammad Mustafa Nadia Nanna Nicklas Nicolai Niels Nikolaj Nina Noah Ole Oliver
Olivia Omar Oscar Oskar Otto Ove Palle Patrick Paul Peder Pernille Peter Philip Pia Poul Preben Rasmine
Rasmus René Rigmor Rikke Robert Rune Ruth Sanne Sara Sarah Sebastian Signe Silas Simon Simone Sofia Sofie
Sonja Steen Steffen Sten Stig Stine Susan Susanne Sussi Svend Søren Tage Thea Theis Theodor Thomas Thorkild
Tina Tine Tobias Tom Tommy Torben Tove Trine Troels Uffe Ulla Ulrik Valdemar Verner Vibeke Victor Victoria
Viggo Viktor Villads Villy Vivi William Winnie Yusuf Yvonne Zahra Zainab Åge Åse
"""

GIVEN_NAMES = frozenset(_NAMES.split())
