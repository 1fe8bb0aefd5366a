"""The fonts of a PDF: the letters that a page shows, numbered, with what finds them again as text."""

from __future__ import annotations

from archdraw.fonts import ASCENT, CAP_HEIGHT, DESCENT, UNITS, Letter, Weight, letter, offsets
from archdraw.writers._pdf_file import PdfFile, array, reference
from archdraw.writers._truetype import truetype
from archdraw.writers._values import number

NAMES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}


class PageFont:
    """The letters of one weight that a page has shown so far, numbered from 1 in the order of their arrival."""

    def __init__(self, weight: Weight, number: int) -> None:
        self.weight, self.number = weight, number
        self.codes: dict[str, int] = {}

    def shown(self, words: str) -> str:
        """The operand that sets ``words``, kerned: codes, and between them thousandths of an em to move back."""
        places = offsets(words, self.weight)
        parts, codes = [], ""
        for index, character in enumerate(words):
            codes += f"{self.codes.setdefault(character, len(self.codes) + 1):04X}"
            kerning = places[index + 1] - places[index] - letter(character, self.weight).advance
            if kerning:
                parts += [f"<{codes}>", number(-kerning * 1000 / UNITS)]
                codes = ""
        return "[" + "".join((*parts, f"<{codes}>" if codes else "")) + "]"

    def write_to(self, file: PdfFile) -> None:
        """Writes the font with all letters shown, as the object of its number."""
        letters: list[Letter] = [letter(character, self.weight) for character in self.codes]
        data = truetype(letters)
        program = file.stream(data, Length1=str(len(data)))
        # Six capitals tell a subset from others of its font.
        tag, rest = "", sum(ord(character) * (index + 1) for index, character in enumerate(self.codes))
        for _ in range(6):
            rest, capital = divmod(rest, 26)
            tag += chr(ord("A") + capital)
        name = f"/{tag}+Inter-{NAMES[self.weight]}"
        em = 1000 / UNITS
        descriptor = file.add(
            Type="/FontDescriptor",
            FontName=name,
            Flags="32",
            FontBBox=array("-1000", "-400", "3000", "1100"),
            ItalicAngle="0",
            Ascent=number(ASCENT * 1000),
            Descent=number(-DESCENT * 1000),
            CapHeight=number(CAP_HEIGHT * 1000),
            StemV=str(self.weight // 5),
            FontFile2=reference(program),
        )
        descendant = file.add(
            Type="/Font",
            Subtype="/CIDFontType2",
            BaseFont=name,
            CIDSystemInfo="<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
            FontDescriptor=reference(descriptor),
            DW="0",
            W=array("1", array(*(number(one.advance * em) for one in letters))),
            CIDToGIDMap="/Identity",
        )
        file.put(
            self.number,
            Type="/Font",
            Subtype="/Type0",
            BaseFont=name,
            Encoding="/Identity-H",
            DescendantFonts=array(reference(descendant)),
            ToUnicode=reference(file.stream(self._characters().encode())),
        )

    def _characters(self) -> str:
        """The table of which code is which character."""
        pairs = [f"<{code:04X}> <{character.encode('utf-16-be').hex()}>" for character, code in self.codes.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        told = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{told}\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        )
