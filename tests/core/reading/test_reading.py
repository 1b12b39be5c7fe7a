"""Files of public kinds are read rightly, or refused with the place: each case is the beginning of a file that people bring."""

from codecs import BOM_UTF8
from typing import Any

import pytest

from core.reading import words
from core.reading.encoding import ENCODINGS, decoded
from core.reading.errors import ReadingError
from core.reading.numbers import is_date, number
from core.reading.table import ROW_NUMBER, Reading, Table, read
from core.settings.limits import limits

R_CARS = '"speed" "dist"\n"1" 4 2\n"2" 4 10\n"3" 7 4\n'
AUTO_MPG = (
    '18.0   8   307.0      130.0      3504.      12.0   70  1\t"chevrolet chevelle malibu"\n'
    '25.0   4   98.00      ?          2046.      19.0   71  1\t"ford pinto"\n'
    '15.0   8   350.0      165.0      3693.      11.5   70  1\t"buick skylark 320"\n'
)
WEATHER = (
    "기온분석\n[검색조건] 자료구분 : 일\n\n날짜,지점,평균기온(℃)\n\t2020-01-01,108,-2.2\n\t2020-01-02,108,1.0\n\t2020-01-03,108,-0.1\n"
)
CITIES = "Ort;Einwohner;Fläche\nBerlin;3.645.000;891,7\nHamburg;1.841.179;755,2\n"

# what is read → (separator, decimal sign, first row, the columns of numbers by name)
TABLES: dict[str, tuple[str, tuple[str, str, str], dict[str, list[float | None]]]] = {
    "a separator at the end of each row": (
        "x,y,z\n1,10,100,\n2,20,200,\n",
        (",", ".", "names"), {"x": [1, 2], "y": [10, 20], "z": [100, 200]}
    ),
    "at the end of each line": ("x;y;\n1;2,5;\n3;4,5;\n", (";", ",", "names"), {"x": [1, 3], "y": [2.5, 4.5]}),
    "several at the end": ("x,y\n1,10,,\n2,20,,\n", (",", ".", "names"), {"x": [1, 2], "y": [10, 20]}),
    "tabs at the end": ("x\ty\n1\t10\t\n2\t20\t\n", ("\t", ".", "names"), {"x": [1, 2], "y": [10, 20]}),
    "decimal comma": ("X;Y\n108;392,5\n19;46,2\n13;15,7\n", (";", ",", "names"), {"X": [108, 19, 13], "Y": [392.5, 46.2, 15.7]}),
    "decimal comma, tabs": ("x\ty\n1,5\t2,5\n2,25\t3\n", ("\t", ",", "names"), {"x": [1.5, 2.25], "y": [2.5, 3]}),
    "decimal comma, spaces": ("x y\n1,5 2,5\n2,25 3,1\n", (" ", ",", "names"), {"x": [1.5, 2.25], "y": [2.5, 3.1]}),
    "decimal comma, one column": ("x\n1,5\n0,25\n3,7\n", ("", ",", "names"), {"x": [1.5, 0.25, 3.7]}),
    "decimal comma, quoted": ('x,y\n"1,5","2,5"\n"0,5","3,25"\n', (",", ",", "names"), {"x": [1.5, 0.5], "y": [2.5, 3.25]}),
    "German thousands": (CITIES, (";", ",", "names"), {"Einwohner": [3645000, 1841179], "Fläche": [891.7, 755.2]}),
    "thousands, quoted": (
        'year,pop\n2000,"1,234,567"\n2001,"1,300,000"\n',
        (",", ".", "names"), {"year": [2000, 2001], "pop": [1234567, 1300000]}
    ),
    "thousands beside hundreds": (
        "year;pop\n2000;950\n2001;1,234\n2002;12,345\n",
        (";", ".", "names"), {"year": [2000, 2001, 2002], "pop": [950, 1234, 12345]}
    ),
    "decimal commas beside units": ("a;b\n1;2\n2;1,125\n3;3,375\n", (";", ",", "names"), {"a": [1, 2, 3], "b": [2, 1.125, 3.375]}),
    "decimal points beside units": ("a,b\n1,2\n2,1.125\n3,3.375\n", (",", ".", "names"), {"a": [1, 2, 3], "b": [2, 1.125, 3.375]}),
    "thousands, tabs": ("pop\tarea\n1,234\t5.5\n12,345\t6.25\n", ("\t", ".", "names"), {"pop": [1234, 12345], "area": [5.5, 6.25]}),
    "thousands, spaces": ("x;y\n1 234,5;2\n12\u00a0000,25;3\n", (";", ",", "names"), {"x": [1234.5, 12000.25], "y": [2, 3]}),
    "thousands, Swiss": ("x;y\n1'234.5;2\n12’000.25;3\n", (";", ".", "names"), {"x": [1234.5, 12000.25], "y": [2, 3]}),
    "thousands, Indian": ('x,y\n"12,34,567",2\n"1,00,000.5",3\n', (",", ".", "names"), {"x": [1234567, 100000.5], "y": [2, 3]}),
    "missing": (
        "a,b\n1,?\n?,2\n-,3\nN/A,4\n,5\n6,#N/A\n7,8\n",
        (",", ".", "names"), {"a": [1, None, None, None, None, 6, 7], "b": [None, 2, 3, 4, 5, None, 8]}
    ),
    "percent": ("x,y\n1,12%\n2,7.5 %\n3,\n", (",", ".", "names"), {"x": [1, 2, 3], "y": [12, 7.5, None]}),
    "percent, decimal comma": ("x;y\n1;12,5\u00a0%\n2;-7 %\n", (";", ",", "names"), {"x": [1, 2], "y": [12.5, -7]}),
    "dollars": ('x,y\n1,"$1,200.50"\n2,-$30\n3,$ 4\n', (",", ".", "names"), {"x": [1, 2, 3], "y": [1200.5, -30, 4]}),
    "euros": ("x;y\n1;1.200,50 €\n2;€30\n", (";", ",", "names"), {"x": [1, 2], "y": [1200.5, 30]}),
    "won": ('나이,값\n1,"1,500원"\n2,"12,000원"\n', (",", ".", "names"), {"나이": [1, 2], "값": [1500, 12000]}),
    "won, as Korean keyboards write it": ("x\ty\n1\t￦500\n2\t₩1,500\n", ("\t", ".", "names"), {"x": [1, 2], "y": [500, 1500]}),
    "money without names": ("1,$5\n2,$6\n3,$8\n", (",", ".", "none"), {"column 1": [1, 2, 3], "column 2": [5, 6, 8]}),
    "a percentile for a name": ("x,5%\n1,2\n2,3\n", (",", ".", "names"), {"x": [1, 2], "5%": [2, 3]}),
    "letters of the header": ("speed\n1\n2\n3\n", ("", ".", "names"), {"speed": [1, 2, 3]}),
    "words in the header": ("full name; of it\n1\n2\n3\n", ("", ".", "names"), {"full name; of it": [1, 2, 3]}),
    "one column, a gap": ("speed\n1.5\n\n3.5\n", ("", ".", "names"), {"speed": [1.5, None, 3.5]}),
    "a comma in the header, tabs": (
        "height, cm\tweight\n170\t65\n180\t80\n",
        ("\t", ".", "names"), {"height, cm": [170, 180], "weight": [65, 80]}
    ),
    "a comma in the header, semicolons": (
        "height, cm;weight, kg\n170;65\n180;80\n",
        (";", ".", "names"), {"height, cm": [170, 180], "weight, kg": [65, 80]}
    ),
    "no header": (
        "5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n4.7,3.2,Iris-setosa\n",
        (",", ".", "none"), {"column 1": [5.1, 4.9, 4.7], "column 2": [3.5, 3.0, 3.2]}
    ),
    "no header, one column": ("1.5\n2.5\n3.5\n", ("", ".", "none"), {"column 1": [1.5, 2.5, 3.5]}),
    "no header, aligned, a tab": (
        AUTO_MPG,
        (" ", ".", "none"), {"column 1": [18, 25, 15], "column 4": [130, None, 165], "column 5": [3504, 2046, 3693]}
    ),
    "years": ("Country,2019,2020\nKorea,1.5,2.5\nJapan,1.2,2.2\n", (",", ".", "names"), {"2019": [1.5, 1.2], "2020": [2.5, 2.2]}),
    "a name beside a year": ("Temp,2020\n1.5,3\n2.5,4\n", (",", ".", "names"), {"Temp": [1.5, 2.5], "2020": [3, 4]}),
    "Excel's first line": ("sep=;\r\nx;y\r\n1;2,5\r\n2;3\r\n", (";", ",", "names"), {"x": [1, 2], "y": [2.5, 3]}),
    "Excel's first line, another sign": ("sep=^\nx^y\n1^2\n3^4\n", ("^", ".", "names"), {"x": [1, 3], "y": [2, 4]}),
    "line ends of old": ("x,y\r1,2\r3,4\r", (",", ".", "names"), {"x": [1, 3], "y": [2, 4]}),
    "R, spaces": (R_CARS, (" ", ".", "row names"), {"speed": [4, 4, 7], "dist": [2, 10, 4]}),
    "R, names of rows": (
        '"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun 710" 22.8 4\n',
        (" ", ".", "row names"), {"mpg": [21, 22.8], "cyl": [6, 4]}
    ),
    "R, not quoted": ("x,y\n1,5,6\n2,7,8\n3,9,9\n", (",", ".", "row names"), {"x": [5, 7, 9], "y": [6, 8, 9]}),
    "R, write.csv2": ('"";"speed";"dist"\n"1";4;2,5\n"2";4;10\n', (";", ",", "row names"), {"speed": [4, 4], "dist": [2.5, 10]}),
    "R, tabs, decimal comma": ('"x"\t"y"\n"a"\t1,5\t2\n"b"\t2,5\t3\n', ("\t", ",", "row names"), {"x": [1.5, 2.5], "y": [2, 3]}),
    "pandas with its index": (",x,y\n0,1.5,2\n1,2.5,3\n", (",", ".", "row names"), {"x": [1.5, 2.5], "y": [2, 3]}),
    "numpy's header": ("# x y\n1.0e+00 2.5e-01\n3.0e+00 4.5e-01\n", (" ", ".", "names"), {"x": [1, 3], "y": [0.25, 0.45]}),
    "a column that is called #": ("#,Name,HP\n1,Bulba,45\n2,Ivy,60\n", (",", ".", "names"), {"#": [1, 2], "HP": [45, 60]}),
    "lines above the table": (WEATHER, (",", ".", "names"), {"지점": [108, 108, 108], "평균기온(℃)": [-2.2, 1.0, -0.1]}),
    "a title as wide as R's header": ("My data\nx,y\n1,2\n3,4\n", (",", ".", "names"), {"x": [1, 3], "y": [2, 4]}),
    "a title from Excel": (
        "Report 2020;;\n;;\nx;y;z\n1,5;2;3\n2,5;4;6\n",
        (";", ",", "names"), {"x": [1.5, 2.5], "y": [2, 4], "z": [3, 6]}
    ),
    "bars all round": ("| x | y |\n|---|---|\n| 1 | 2 |\n| 3 | 5 |\n", ("|", ".", "names"), {"x": [None, 1, 3], "y": [None, 2, 5]}),
    "spaces after commas": (
        "39, State-gov, 77516\n50, ?, 83311\n38, Private, 215646\n",
        (",", ".", "none"), {"column 1": [39, 50, 38], "column 3": [77516, 83311, 215646]}
    ),
    "quotes with commas and lines": ('name,x,y\n"Kim, A",1,2\n"two\nlines",3,4\n', (",", ".", "names"), {"x": [1, 3], "y": [2, 4]}),
    "a quote in the middle": ('size,x\n5" pipe,3\n6" pipe,4\n', (",", ".", "names"), {"x": [3, 4]}),
    "a quote that is never closed": (
        'a,b\n1,3\n"6,4\n7,8\n9,9\n3,4\n2,2\n',
        (",", ".", "names"), {"a": [1, None, 7, 9, 3, 2], "b": [3, 4, 8, 9, 4, 2]}
    ),
    "dates with times": ("when,temp\n2020-01-01 10:00,5.5\n2020-01-01 11:00,6.5\n", (",", ".", "names"), {"temp": [5.5, 6.5]}),
    "minus signs, wide digits": ("x;y\n−1,5;１２\n–2,5;３\n", (";", ",", "names"), {"x": [-1.5, -2.5], "y": [12, 3]}),
}  # fmt: skip


def numbers(table: Table) -> dict[str, list[float | None]]:
    """The columns of numbers by what they are called."""
    return {words.name(column, table.columns): list(column.values) for column in table.columns if column.values}


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table(kind: str) -> None:
    text, understood, columns = TABLES[kind]
    table = read(text.encode())
    assert (table.separator, table.decimal, table.header) == understood
    assert numbers(table) == columns | {name: values for name, values in numbers(table).items() if name not in columns}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_in_every_unicode(kind: str, encoding: str) -> None:
    text = TABLES[kind][0]
    if encoding.startswith("utf-16-"):
        text = text.removeprefix("\ufeff")
    assert numbers(read(text.encode(encoding))) == numbers(read(text.encode()))


TEXTS = [
    ("cp1252", "today’s weather is fine"),
    ("cp1252", "Größe,Gewicht\n1,2\n"),
    ("cp1252", "été à la mer, déjà vu"),
    ("cp1252", "Temperatur °C;Höhe m\n1;2\n"),
    ("cp1252", "naïve café — “quoted”"),
    ("cp1252", "Año,Población,España\n1,2,3\n"),
    ("cp1252", "Señor Muñoz said “hello” – it’s 20°C, ¿no?"),
    ("cp1252", "ÅNGSTRÖM, ÄÖÜ, VOILÀ"),
    ("cp1252", "µm;m²;±0.5;½;£5;€"),
    ("cp1252", "Kääpiö yö äiti Åbo, Æbleskiver på åen"),
    ("cp1252", "étudiée créée l’été «beau»…"),
    ("cp949", "키,몸무게\n170,65\n"),
    ("cp949", "이름\n홍길동\n"),
    ("cp949", "키,speed\n1,2\n"),  # good UTF-8 by accident
    ("utf-8", "Ű betű, à la, café, 5°, é"),
    ("cp949", "x값,키cm,몸무게kg\n1,2,3\n"),
    ("cp949", "값이 싼 꽃을 샀다. 향기가 좋다!\nOK"),
    ("cp949", "날짜,지점,평균기온(℃)\n2020-01-01,108,-2.2\n"),
    ("cp949", "PyTorch는 쉽다"),
    ("cp949", "서울 大韓民國 만세 漢字"),
    ("cp949", "펩시 뷁 똠방각하"),
    ("cp949", "가"),
    ("cp1250", "Křížová výprava, Příliš žluťoučký kůň úpěl ďábelské ódy. " * 3),
    ("cp1250", "Minden emberi lény szabadon születik és egyenlő méltósága és joga van."),
    ("cp1250", "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw."),
    ("cp1250", "Toate fiinţele umane se nasc libere şi egale în demnitate şi în drepturi."),
    ("cp1254", "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."),
    ("cp1252", "Todos los seres humanos nacen libres e iguales: razón, año, ñandú"),
    ("cp1252", "Todos os seres humanos nascem livres: razão, consciência, informação à mão"),
    ("cp1252", "Alle mennesker er født frie og lige i værdighed og bør handle i en broderskabets ånd."),
    ("cp1251", "Рост,Вес\n170,65\n"),
    ("koi8_r", "Съешь же ещё этих мягких французских булок, да выпей чаю."),
    ("cp1253", "Ελλάδα ύψος"),
    ("gb18030", "身高,体重\n1,2\n"),
    ("gb18030", "今天天气很好，我们去公园散步。他说不知道。"),
    ("cp950", "身高體重 今天天氣很好"),
    ("cp932", "身長,体重\n1,2\n"),
    ("cp932", "今日は天気がいいから、散歩しましょう。"),
    ("euc_jp", "今日は天気がいいから、散歩しましょう。"),
    ("mac_roman", "Größe"),
    ("cp850", "Größe"),
]


@pytest.mark.parametrize(("codec", "text"), TEXTS)
def test_no_letter_is_misread(codec: str, text: str) -> None:
    read_text, encoding = decoded(text.encode(codec))
    assert read_text == text
    assert text.encode(ENCODINGS[encoding]).removeprefix(BOM_UTF8) == text.encode(codec)


def test_an_encoding_can_be_said() -> None:
    data = "価格,数量\n1,2\n3,4\n".encode("euc_jp")
    assert [column.name for column in read(data, Reading(encoding="EUC-JP")).columns] == ["価格", "数量"]
    with pytest.raises(ReadingError) as refused:
        decoded("a\nGröße".encode("cp1252"), "UTF-8")
    assert words.error(refused.value).startswith("Line 2 cannot be read as UTF-8.")


def test_everything_understood_can_be_corrected() -> None:
    data = b"1,234;5\n2,345;7\n"
    assert numbers(read(data)) == {"column 1": [1.234, 2.345], "column 2": [5, 7]}
    assert read(data).doubtful
    assert numbers(read(data, Reading(decimal="."))) == {"column 1": [1234, 2345], "column 2": [5, 7]}
    assert numbers(read(b"1,2\n3,4\n5,6\n", Reading(header="names"))) == {"1": [3, 5], "2": [4, 6]}
    assert numbers(read(b"x,y\n3,4\n5,6\n", Reading(header="none"))) == {"column 1": [None, 3, 5], "column 2": [None, 4, 6]}
    assert numbers(read(b"a,x\n1,4\n5,6\n", Reading(header="row names"))) == {"x": [4, 6]}
    assert numbers(read(b"1,5\n2,5\n", Reading(separator=""))) == {"column 1": [1.5, 2.5]}


def test_one_bad_cell_costs_its_row_and_is_named() -> None:
    table = read(b"x,y\n1,2\n2,1e999\n3,inf\n4,1e39\n5,?\n6,\n7,8 cm\n8,9,10\n9,10\n10,11\n11,12\n12,13\n")
    pairs = table.points(1, 2)
    assert list(pairs.points) == [(1, 2), (9, 10), (10, 11), (11, 12), (12, 13)]
    assert [(cell.line, cell.text, cell.why) for cell in pairs.left_out] == [
        (3, "1e999", "too_large"), (4, "inf", "too_large"), (5, "1e39", "too_large"), (6, "?", "missing"), (7, "", "missing"),
        (8, "8 cm", "no_number"), (9, "3", "too_many_cells"),
    ]  # fmt: skip
    said = "Rows left out: 7 – line 3: “1e999” (beyond float32); line 4: “inf” (beyond float32); line 5: “1e39” (beyond float32); …"
    assert words.left_out(pairs.left_out) == said
    assert words.left_out(()) == ""


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("x,y\n1,red\n2,blue\n3,\n", "text", "Cells that are no numbers: 2 – line 2: “red” (no number); line 3: “blue” (no number)"),
        ("x,y\n1,10:00\n2,10:30\n", "dates", "Dates are no numbers. Cells: 2 – line 2: “10:00” (no number); line 3: “10:30” (no number)"),
        ("x,y\n1,\n2,?\n", "empty", "Cells without a value: 2 – line 2: empty; line 3: “?” (no value)"),
        ("x,y\n1,\n2,3\n", "whole numbers", "Too few numbers: 1. Cells without one: 1 – line 2: empty"),
        ("x;y\n1,5;2.5\n2,5;3.5\n", "text", "Cells that are no numbers: 2 – line 2: “2.5” (no number); line 3: “3.5” (no number)"),
        ("x,y\n1,12%\n2,0.5\n3,$4\n", "text", "Cells that are no numbers: 2 – line 2: “12%” (no number); line 4: “$4” (no number)"),
        ("x,y\n1,5%%\n2,$5%\n", "text", "Cells that are no numbers: 2 – line 2: “5%%” (no number); line 3: “$5%” (no number)"),
        ("x,y\n1,12 cm\n2,13 cm\n3,9\n", "text", "Cells that are no numbers: 2 – line 2: “12 cm” (no number); line 3: “13 cm” (no number)"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_used_says_why_and_where(text: str, kind: str, said: str) -> None:
    table = read(text.encode())
    assert not table.columns[1].usable
    assert table.columns[1].kind == kind
    assert words.reason(table.columns[1]) == said
    assert words.reason(table.columns[0]) == ""
    assert (table.default_x, table.default_y) == (ROW_NUMBER, 1)


def test_default_columns_are_never_the_same() -> None:
    for text, wanted in [("a,b\n1,2\n3,4\n", (1, 2)), ("k,a,b\n7,1,2\n7,3,4\n", (2, 3)), ("a\n1\n5\n", (ROW_NUMBER, 1))]:
        table = read(text.encode())
        assert (table.default_x, table.default_y) == wanted
    assert read(b"a\n1\n5\n").points(ROW_NUMBER, 1).points == ((1.0, 1.0), (2.0, 5.0))
    assert words.named(read(b"a\n1\n5\n"), ROW_NUMBER) == "number of the row: 1, 2, 3 …"


def test_columns_are_found_by_name_or_place() -> None:
    table = read(b"2,a,a\n5.5,6,7\n1.5,2,3\n4.5,4,4\n", Reading(header="names"))
    assert [table.place(name) for name in ("2", "a", "3", "4", "b")] == [1, 2, 3, None, None]
    assert [words.named(table, place) for place in (1, 2, 3)] == ["2", "a (column 2)", "a (column 3)"]


def test_what_needs_a_look_is_said() -> None:
    assert words.notes(read(WEATHER.encode())) == ["Lines above the table that are passed over: 2."]
    assert "more names" in words.notes(read(b"height, cm,weight\n170,65\n180,80\n"))[0]
    assert "other decimal sign" in words.notes(read(b"x\ty\n1,234\t1\n1,235\t2\n"))[0]
    assert words.notes(read(R_CARS.encode())) == []
    assert words.notes(read(b"x,y\n1,12%\n2,n.b.\n3,7%\n")) == ["The numbers of y are read without %."]
    assert words.notes(read(b"1,$5\n2,$6\n")) == ["The numbers of column 2 are read without $."]
    assert words.understood(read(CITIES.encode("cp1252"))) == (
        "Encoding Windows-1252 · separator: semicolon ; · decimal sign: comma 1,5 · first row: names of the columns"
    )


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "text_empty", "holds no text"),
        (b"\n \n", "text_empty", "holds no text"),
        (b",,\n,,\n", "table_empty", "holds no rows"),
        (b"PK\x03\x04\x14\x00", "text_workbook", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "text_workbook", "save it as CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text_binary", "no text file"),
        ("한글,값\n1,2\n가".encode()[:-1], "text_encoding", "Line 3 holds bytes"),
        (("값이 싼 꽃을 샀다.\n" * 9).encode("cp949") + b"\xb0", "text_not_encoded", "Line 10 cannot be read as CP949"),
        (b"1,2\n" * (limits().table_rows + 5), "table_too_long", f"at most {limits().table_rows:,}"),
        (b"1," * 5000, "table_too_wide", "more than 1,000 cells"),
        (b"1,2\n3," + b"9" * 200_000, "cell_too_long", "more than 131,072 characters"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(data: bytes, code: str, said: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(data)
    assert refused.value.code == code
    assert said in words.error(refused.value)


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        ("2020-01-01", True), ("1.5.2020", True), ("2020/1/1 10:00", True), ("2020년 1월 3일", True), ("2020-01", True), ("10:05", True),
        ("2020-01-01T10:00:00Z", True), ("2.5", False), ("12-5", False), ("10", False), ("a:10", False),
    ],
)  # fmt: skip
def test_dates(cell: str, is_one: bool) -> None:
    assert is_date(cell) is is_one


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1", ".", 1), ("+.5", ".", 0.5), ("5.", ".", 5), ("-1e-3", ".", -0.001), ("1,5e3", ",", 1500), ("1.234", ",", 1234),
        ("1,23", ".", None), ("1.23", ",", None), ("12,345.6", ".", 12345.6), ("12.345,6", ",", 12345.6), ("1,234,56", ".", None),
        ("0x10", ".", None), ("1_000", ".", None), ("٣", ".", None), ("1 2", ".", None), ("1 234", ".", 1234), ("", ".", None),
        ("e5", ".", None), (".", ".", None), ("- 5", ".", -5), ("12 cm", ".", None), ("9" * 61, ".", None),
    ],
)  # fmt: skip
def test_numbers(cell: str, decimal: Any, value: float | None) -> None:
    assert number(cell, decimal) == value
