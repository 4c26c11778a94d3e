//! What is said about wrong files, as data.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{FileProblem, in_order, listing, read, read_bytes, write};
use crate::rules::{
    instant::Zone,
    world::{Register, Table, World},
};

/// A small town with nothing wrong.
const UNITS: &str = "\
code,name,kind,parent,serves,from,to
T,小镇,Town,,,,
V,河边村,Village,T,,,
G,一组,Group,V,,,
H,韦一户,Household,G,,,
HALL,大厅,Hall,T,T,2014-07-01,
";
const PEOPLE: &str = "code,name,phone\nP1,韦一,\nP2,罗二,00000000002\n";
const POSTS: &str = "\
code,name,kind,unit,from,to
LEAD,一组组长,GroupLeader,G,,
DISP,派单岗,Dispatcher,T,,
";
const HOLDINGS: &str = "post,person,rank,from,to\nLEAD,P1,First,2012-01-01,\nDISP,P2,First,,\n";
const MATTERS: &str = "\
code,name,category,ladder,conduct,materials,fee,words,from,to
water,水管,水电,everyday,no,户口簿;身份证,0,水管破了;没水,,
";
const MANDATES: &str = "kind,post,matter,power,from,to\nGroupLeader,,water,Resolve,,\n,DISP,water,Assist,,\n";
const LADDERS: &str = "ladder,name,rung,tier,post,from,to\neveryday,日常,1,Group,GroupLeader,,\n";

fn good(table: Table) -> &'static [u8] {
    let text = match table {
        Table::Units => UNITS,
        Table::People => PEOPLE,
        Table::Posts => POSTS,
        Table::Holdings => HOLDINGS,
        Table::Matters => MATTERS,
        Table::Mandates => MANDATES,
        Table::Ladders => LADDERS,
        Table::Limits
        | Table::Calendars
        | Table::Hours
        | Table::Days
        | Table::Markets
        | Table::UnitCalendars
        | Table::Absences
        | Table::Rosters
        | Table::DutyChanges => "",
    };
    text.as_bytes()
}

/// Reads the small town with some files in place of its own.
fn read_with(files: &[(&str, &[u8])]) -> Result<Register, Vec<FileProblem>> {
    let own = |table: Table| files.iter().find(|(name, _)| *name == table.file()).map(|(_, bytes)| *bytes);
    read_bytes(|table| own(table).unwrap_or_else(|| good(table)), &Zone::china())
}

fn check_bytes(files: &[(&str, &[u8])], expected: &[&str]) {
    let found = read_with(files).err().unwrap_or_default();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

fn check(files: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    check_bytes(&files, expected);
}

/// One of the good files with more rows.
fn with_rows(text: &str, rows: &str) -> String {
    format!("{text}{rows}")
}

#[test]
fn the_small_town_is_read() {
    check(&[], &[]);
    let register = read_with(&[]).unwrap();
    assert_eq!(register.rows(), 15);
    assert_eq!(register.matters[0].words, ["水管破了", "没水"]);
}

#[test]
fn chinese_headers_words_and_spreadsheet_dates_mean_the_same() {
    let units = "起,止,编码,名称,类别,上级,服务对象\r\n,,T,小镇,镇,,\r\n,,V,河边村,村,T,\r\n,,G,一组,组,V,\r\n,,H,韦一户,户,G,\r\n2014/7/1,,HALL,大厅,服务大厅,T,T\r\n";
    let people = "编码,姓名,电话\nP1,韦一,\nP2,罗二,00000000002\n";
    let posts = "编码,名称,类别,单位,起,止\nLEAD,一组组长,组长,G,,\nDISP,派单岗,派单岗,T,,\n";
    let holdings = "岗位,人员,顺位,起,止\nLEAD,P1,A岗,2012/1/1,\nDISP,P2,第一,,\n";
    let matters = "编码,名称,分类,层级,涉及作风,材料,收费,群众说法,起,止\nwater,水管,水电,everyday,否,户口簿；身份证,0,水管破了; 没水;,,\n";
    let mandates = "岗位类别,岗位,事项,权限,起,止\n组长,,water,办理,,\n,DISP,water,代办,,\n";
    let ladders = "层级,名称,序号,区划级别,岗位类别,起,止\neveryday,日常,1,组,组长,,\n";
    let texts = [
        ("units.csv", units),
        ("people.csv", people),
        ("posts.csv", posts),
        ("holdings.csv", holdings),
        ("matters.csv", matters),
        ("mandates.csv", mandates),
        ("ladders.csv", ladders),
    ];
    let plain: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    assert_eq!(read_with(&plain).unwrap(), read_with(&[]).unwrap());
    let gb: Vec<(&str, Vec<u8>)> =
        texts.iter().map(|(name, text)| (*name, encoding_rs::GB18030.encode(text).0.into_owned())).collect();
    let gb: Vec<(&str, &[u8])> = gb.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    assert_eq!(read_with(&gb).unwrap(), read_with(&[]).unwrap());
    let marked: Vec<(&str, String)> = texts.iter().map(|(name, text)| (*name, format!("\u{FEFF}{text}"))).collect();
    let marked: Vec<(&str, &[u8])> = marked.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    assert_eq!(read_with(&marked).unwrap(), read_with(&[]).unwrap());
}

#[test]
fn a_circle_is_told_with_the_row_that_closes_it() {
    let units = with_rows(UNITS, "A,甲,Department,C,T,,\nB,乙,Department,A,T,,\nC,丙,Department,B,T,,\n");
    check(
        &[("units.csv", &units)],
        &[
            "units.csv row 9 column parent: the parents of `C` lead back to itself: C → B → A → C; name a parent that is not below this unit",
        ],
    );
}

#[test]
fn everything_wrong_with_the_world_is_told_at_its_row() {
    let units = with_rows(
        UNITS,
        "\n,,,,,,\nX,甲,Group,nowhere,,,\nO,乙,Office,V,,,\nT,小镇,Town,,,,\nZ,丙,Group,V,,2015-01-01,2014-01-01\n\nY,戊,户,gone,,,\n",
    );
    check(
        &[
            ("units.csv", &units),
            ("posts.csv", &with_rows(POSTS, "OTHER,别,GroupLeader,none,,\n")),
            ("holdings.csv", &with_rows(HOLDINGS, "LEAD,P2,First,2013-01-01,\nDISP,P2,Substitute,,\n")),
            ("mandates.csv", &with_rows(MANDATES, "GroupLeader,,fire,Resolve,,\n")),
            ("ladders.csv", &with_rows(LADDERS, "everyday,日常,2,Office,OfficeLeader,,\n")),
        ],
        &[
            "units.csv row 9 column parent: parent `nowhere` is not a unit of the register; add that unit, or name one that is there",
            "units.csv row 10 column parent: a Office cannot stand below the Village `V`; name a parent of a higher tier",
            "units.csv row 11 column code: unit `T` is already described for that time in an earlier row; give it a code of its own, or dates that do not overlap",
            "units.csv row 12 column to: the dates are reversed: `to` is not after `from`; `to` is the first day on which it no longer holds",
            "units.csv row 14 column parent: parent `gone` is not a unit of the register; add that unit, or name one that is there",
            "posts.csv row 4 column unit: unit `none` is not in the register; add it to its file, or name one that is there",
            "holdings.csv row 4 column rank: post `LEAD` has two first holders at once: `P1` and `P2`; end the earlier holding on the day the later begins, or make one a Substitute",
            "holdings.csv row 5 column person: `P2` holds post `DISP` twice at once; end the earlier holding first",
            "mandates.csv row 4 column matter: matter `fire` is not in the register; add it to its file, or name one that is there",
            "ladders.csv row 3 column post: no post can fill this rung: there is no OfficeLeader at a Office; add such a post, or take the rung out",
        ],
    );
}

#[test]
fn every_cell_that_cannot_be_read_is_told() {
    check(
        &[
            ("units.csv", &with_rows(UNITS, "5.22325E+11,,Hamlet,a b,组,2015-02-30,soon\n")),
            ("people.csv", &with_rows(PEOPLE, ",无码,\n")),
            ("matters.csv", &with_rows(MATTERS, "fire,,,everyday,maybe,,-1,,,\n")),
            ("mandates.csv", &with_rows(MANDATES, ",,water,Resolve,,\nGroupLeader,DISP,water,Do,,\n")),
            ("ladders.csv", &with_rows(LADDERS, "everyday,日常,256,Group,GroupLeader,,\n")),
        ],
        &[
            "units.csv row 7 column code: `5.22325E+11` is not a code; a spreadsheet made a number of the code: format the column as text, and type it again",
            "units.csv row 7 column name: the cell is empty; fill it in",
            "units.csv row 7 column kind: `Hamlet` is not a word for it; use one of: Province 省, Prefecture 市州, County 县, Town 镇, Office 办事处, Village 村, Group 组, Area 片, Household 户, Hall 服务大厅, Window 窗口, Department 站所, WorkTeam 工作组, ServicePoint 便民服务点, ServiceTeam 便民服务队, PetitionRoom 信访接待室",
            "units.csv row 7 column parent: `a b` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "units.csv row 7 column serves: `组` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "units.csv row 7 column from: `2015-02-30` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "units.csv row 7 column to: `soon` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "people.csv row 4 column code: the cell is empty; write a code of 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "matters.csv row 3 column name: the cell is empty; fill it in",
            "matters.csv row 3 column conduct: `maybe` is neither yes nor no; write yes 是 or no 否",
            "matters.csv row 3 column fee: `-1` is not a number that fits; write a whole number from 0 to 4294967295 (in fen)",
            "mandates.csv row 4 column kind: neither a kind of post nor a post is named; fill in one of the two",
            "mandates.csv row 5 column kind: both a kind of post and a post are named; leave one of the two empty",
            "mandates.csv row 5 column power: `Do` is not a word for it; use one of: Resolve 办理, Assist 代办",
            "ladders.csv row 3 column rung: `256` is not a number that fits; write a whole number from 0 to 100",
        ],
    );
}

#[test]
fn a_name_that_no_list_can_show_is_told() {
    let (fits, long) = ("名".repeat(60), "名".repeat(61));
    let shown = "名".repeat(40);
    let (dialled, longer) = ("0".repeat(60), "0".repeat(61));
    let digits = "0".repeat(40);
    check(&[("people.csv", &with_rows(PEOPLE, &format!("p60,{fits},{dialled}\n")))], &[]);
    check(
        &[("people.csv", &with_rows(PEOPLE, &format!("p61,{long},{longer}\n")))],
        &[
            &format!("people.csv row 4 column name: `{shown}…` has 61 characters; keep it to 60"),
            &format!("people.csv row 4 column phone: `{digits}…` has 61 characters; keep it to 60"),
        ],
    );
}

#[test]
fn a_problem_names_the_column_as_the_file_does() {
    let units = UNITS.replace("code,name,kind,parent,serves,from,to", "编码,名称,类别,上级,服务对象,起,止");
    check(
        &[("units.csv", &units.replace("V,河边村,Village,T", "V,河边村,Village,U"))],
        &[
            "units.csv row 3 column 上级: parent `U` is not a unit of the register; add that unit, or name one that is there",
        ],
    );
}

#[test]
fn rows_that_name_an_unreadable_row_are_not_blamed() {
    let units = UNITS.replace("V,河边村,Village,T", "V,河边村,Vilage,T");
    let people = PEOPLE.replace("P1,韦一,", "P1,,");
    let found = read_with(&[("units.csv", units.as_bytes()), ("people.csv", people.as_bytes())]).unwrap_err();
    let places: Vec<(&str, usize)> = found.iter().map(|p| (p.file.as_str(), p.row)).collect();
    assert_eq!(places, [("units.csv", 3), ("people.csv", 2)]);
    // Others are: what they say does not hang on those rows.
    let holdings = with_rows(HOLDINGS, "GONE,P1,First,,\n");
    let files: [(&str, &[u8]); 2] = [("people.csv", people.as_bytes()), ("holdings.csv", holdings.as_bytes())];
    let found = read_with(&files).unwrap_err();
    let places: Vec<(&str, usize)> = found.iter().map(|p| (p.file.as_str(), p.row)).collect();
    assert_eq!(places, [("people.csv", 2), ("holdings.csv", 4)]);
}

#[test]
fn a_wrong_header_is_told_once_and_nobody_else_is_blamed_for_it() {
    check(
        &[("units.csv", "code,name,kind,parent,serve,from,from,\nT,镇,Town,,,,,\n")],
        &[
            "units.csv row 1 column serve: `serve` is not a column of units.csv; take it out; the columns are `code,name,kind,parent,serves,from,to`",
            "units.csv row 1 column from: column `from` stands here twice; take one of them out",
            "units.csv row 1: column 8 has no header; take the column out, or write its header",
            "units.csv row 1: column `serves` (服务对象) is missing; add a column `serves` or `服务对象`; it may be empty where the format allows it",
            "units.csv row 1: column `to` (止) is missing; add a column `to` or `止`; it may be empty where the format allows it",
        ],
    );
    check(
        &[("people.csv", "P1,韦一,\nP2,罗二,\n")],
        &[
            "people.csv row 1: the first row is not the header: no column of people.csv is named in it; begin the file with `code,name,phone`, separated by commas",
        ],
    );
    check(
        &[("posts.csv", "")],
        &["posts.csv: the file is empty; begin it with the header `code,name,kind,unit,from,to`"],
    );
    check(
        &[("posts.csv", "\n\n\n")],
        &["posts.csv: the file is empty; begin it with the header `code,name,kind,unit,from,to`"],
    );
}

#[test]
fn a_row_of_the_wrong_shape_is_told() {
    check(
        &[
            ("people.csv", &with_rows(PEOPLE, "P3,岑三\nP4,\"黄\"四,\n\"P5\",\"五\",\"\"\nP6,六,\"\nP7,七,\nP8\n")),
            ("holdings.csv", &with_rows(HOLDINGS, "DISP,P3,Substitute,,\n")),
        ],
        &[
            "people.csv row 4: the row has `2` cells, the header has 3; give it as many cells as the header; a comma inside a cell needs quotation marks around the cell",
            "people.csv row 5: text stands after the closing quotation mark of a cell; write a quotation mark inside a quoted cell twice",
            "people.csv row 7: a quotation mark opens a cell and is never closed; nothing after it was read; close it, or write it twice if it belongs to the text",
        ],
    );
}

#[test]
fn a_bad_encoding_is_told_with_its_row() {
    let bad = |bytes: &[u8], row: usize| {
        let expected = format!(
            "people.csv row {row} column name: bad encoding: this is neither UTF-8 nor GB18030; save the file again as `CSV UTF-8`"
        );
        check_bytes(&[("people.csv", bytes)], &[&expected]);
    };
    // Damaged UTF-8, which would be valid GB18030 with other characters.
    let mut utf8 = "code,name,phone\nP1,韦一,\nP2,罗二组的人".as_bytes().to_vec();
    utf8.truncate(utf8.len() - 1);
    utf8.extend(b",\n");
    bad(&utf8, 3);
    // GB18030 with a byte that it does not know.
    let mut gb = encoding_rs::GB18030.encode("code,name,phone\nP1,\"韦\n一\",\n").0.into_owned();
    gb.extend(b"P2,\xFF,\n");
    bad(&gb, 3);
    bad(b"\xEF\xBB\xBFcode,name,phone\nP1,\xCE\xD2,\n", 2);
    for utf16 in ["\u{FEFF}code,name,phone\n", "code,name,phone\n"] {
        let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let told = "people.csv row 1: bad encoding: this is UTF-16; save the file again as `CSV UTF-8`";
        check_bytes(&[("people.csv", &utf16)], &[told]);
    }
}

#[test]
fn what_may_be_one_encoding_or_another_is_asked_about() {
    // These two bytes are one letter in UTF-8 and one Chinese character in GB18030.
    let gb = b"code,name,phone\nP1,\xC2\xA1\xC2\xA1,\nP2,x,\n";
    check_bytes(
        &[("people.csv", gb)],
        &[
            "people.csv row 2 column name: bad encoding: `¡¡` may as well be `隆隆` in GB18030; save the file again as `CSV UTF-8`, whose mark says what it is",
        ],
    );
    // Beside rows that are certain too: but then one letter is a name.
    check(&[("people.csv", "code,name,phone\nP1,é,\nP2,韦,\n")], &[]);
    check(
        &[("people.csv", "code,name,phone\nP2,韦,\nP1,¡¡,\n")],
        &[
            "people.csv row 3 column name: bad encoding: `¡¡` may as well be `隆隆` in GB18030; save the file again as `CSV UTF-8`, whose mark says what it is",
        ],
    );
    // With the mark it is certain.
    check(&[("people.csv", "\u{FEFF}code,name,phone\nP1,¡¡,\nP2,x,\n")], &[]);
    let mut mixed = encoding_rs::GB18030.encode("code,name,phone\nP1,岑三岑三岑三,\n").0.into_owned();
    mixed.extend("P2,罗二,\n".as_bytes());
    check_bytes(
        &[("people.csv", &mixed)],
        &[
            "people.csv row 3: bad encoding: this row is UTF-8, and others are GB18030; put the rows together anew from files of one encoding",
        ],
    );
    check(
        &[("people.csv", "\u{FEFF}code,name,phone\nP1,韦一,\n\u{FEFF}P2,罗二,\n")],
        &[
            "people.csv row 3 column code: bad encoding: the mark with which a file begins stands in the middle of this one; files were put together: copy the rows of one into the other instead",
        ],
    );
}

#[test]
fn what_a_spreadsheet_made_of_a_cell_is_told_with_the_mend() {
    let people = "P3,韦\u{200B}三,1.38E+10\nP4,\u{202E}四,=\"0123\"\nP5,\" 韦\u{A0}五\",'0123\n\"P6 \",六,０00\nP７,七,000a\n\u{420}8,八,+86 000-0000\n\"P9\u{A0}\",\"九\n十\",\n'P10,十,\n";
    let holdings = "DISP,P2,Substitute,45292,2024-1-1\n";
    check(
        &[("people.csv", &with_rows(PEOPLE, people)), ("holdings.csv", &with_rows(HOLDINGS, holdings))],
        &[
            "people.csv row 4 column name: `韦\u{FFFD}三` has U+200B, which cannot be seen, in it; take it out, or type the text again",
            "people.csv row 4 column phone: `1.38E+10` is not a telephone number; a spreadsheet made a number of it: format the column as text, and type it again",
            "people.csv row 5 column name: `\u{FFFD}四` has U+202E, which turns the direction of writing, in it; take it out, or type the text again",
            "people.csv row 5 column phone: `=\"0123\"` has `=` in it; a spreadsheet left a formula there: write only what stands between the quotation marks",
            "people.csv row 6 column name: ` 韦\u{A0}五` has the unusual space U+00A0 in it; type an ordinary space",
            "people.csv row 6 column phone: `'0123` has `'` in it; a spreadsheet left an apostrophe before it: take it away",
            "people.csv row 7 column code: `P6 ` is not a code; take the spaces around it away",
            "people.csv row 7 column phone: `０00` has the wide digit `０` in it; write digits as 0 to 9",
            "people.csv row 8 column code: `P７` is not a code: U+FF17 only looks like `7`; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "people.csv row 8 column phone: `000a` has `a` in it; a telephone number has digits, `+`, `-` and spaces only",
            "people.csv row 9 column code: `\u{420}8` is not a code: U+0420 only looks like `P`; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "people.csv row 10 column code: `P9\u{A0}` is not a code; take the spaces around it away",
            "people.csv row 10 column name: `九 十` has a line break in it; write it on one line",
            "people.csv row 11 column code: `'P10` is not a code; a spreadsheet left an apostrophe before it: take it away",
            "holdings.csv row 4 column from: `45292` is not a date; a spreadsheet made a number of the day 2024-01-01: format the column as text, and write it again",
            "holdings.csv row 4 column to: `2024-1-1` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
        ],
    );
}

#[test]
fn a_problem_is_one_short_line_whatever_the_cell_holds() {
    let long = "x".repeat(1_000_000);
    let people = with_rows(PEOPLE, &format!("\"a\n`b`\u{7}\",三,\n{long},四,\nP5,\u{7}{long},\n"));
    let found = read_with(&[("people.csv", people.as_bytes())]).unwrap_err();
    assert_eq!(found.len(), 3);
    for problem in &found {
        let text = problem.to_string();
        assert!(text.len() < 300 && !text.contains(char::is_control), "{text}");
    }
    assert_eq!(found[0].what, "`a 'b' ` is not a code");
}

#[test]
fn a_thousand_broken_rows_give_a_readable_list() {
    let mut units = UNITS.to_owned();
    let mut holdings = HOLDINGS.to_owned();
    for n in 0..1_000 {
        units += &format!("U{n},户,Household,gone{n},,,\n");
        holdings += "LEAD,P1,First,2012-01-01,\n";
    }
    let found = read_with(&[("units.csv", units.as_bytes()), ("holdings.csv", holdings.as_bytes())]).unwrap_err();
    assert_eq!(found.len(), 2_000);
    assert_eq!(
        listing(&found),
        "\
units.csv
  column parent, 1000 times: add that unit, or name one that is there
    row 7: parent `gone0` is not a unit of the register
    row 8: parent `gone1` is not a unit of the register
    row 9: parent `gone2` is not a unit of the register
    row 10: parent `gone3` is not a unit of the register
    row 11: parent `gone4` is not a unit of the register
    and 995 more like it
holdings.csv
  column person, 1000 times: end the earlier holding first
    row 4: `P1` holds post `LEAD` twice at once
    row 5: `P1` holds post `LEAD` twice at once
    row 6: `P1` holds post `LEAD` twice at once
    row 7: `P1` holds post `LEAD` twice at once
    row 8: `P1` holds post `LEAD` twice at once
    and 995 more like it
2000 problems in 2 files
"
    );
}

#[test]
fn a_listing_keeps_to_sixty_lines() {
    let problem = |file: usize, kind: usize| {
        FileProblem::new(&format!("f{file}.csv"), 2, "code", &format!("kind {kind} of problem"), "mend it")
    };
    for (files, kinds, times) in [(1, 1, 1), (7, 1, 1_000), (7, 3, 2), (7, 9, 6), (7, 40, 3), (1, 500, 2), (1, 500, 1)]
    {
        let problems: Vec<FileProblem> =
            (0..files * kinds * times).map(|n| problem(n / times / kinds, n / times % kinds)).collect();
        let text = listing(&problems);
        assert!(text.lines().count() <= 60, "{files} {kinds} {times}: {} lines", text.lines().count());
        assert!(text.lines().last().unwrap().starts_with(&problems.len().to_string()), "{text}");
    }
}

/// A directory of this test's own, empty.
fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("liandong-files-{}-{name}", std::process::id()));
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

#[test]
fn what_is_not_a_file_of_bounded_size_is_told() {
    let zone = Zone::china();
    let dir = directory("odd");
    for table in Table::ALL.iter().filter(|t| **t != Table::Posts) {
        fs::write(dir.join(table.file()), good(*table)).unwrap();
    }
    fs::remove_file(dir.join("units.csv")).unwrap();
    fs::create_dir(dir.join("units.csv")).unwrap();
    let holdings = fs::File::create(dir.join("holdings.csv")).unwrap();
    holdings.set_len(100 << 20).unwrap();
    let found: Vec<String> = read(&dir, &zone).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "units.csv: this is not a file; put a CSV file of that name there",
            "posts.csv: the file is missing; put it there; a table without rows is a file with only the header",
            "holdings.csv: the file is larger than 64 MiB; leave out what does not belong to the register",
        ]
    );
    fs::remove_dir_all(&dir).unwrap();
    let found = read(&dir, &zone).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].what, "there is no such directory");
}

/// Reads a directory, writes it, reads and writes again.
fn there_and_back(name: &str, from: &Path) {
    let zone = Zone::china();
    let loaded = read(from, &zone).unwrap_or_else(|p| panic!("{name}: {}", listing(&p)));
    World::build(loaded.clone(), 1, zone.clone()).unwrap();
    let (one, two) = (directory(&format!("{name}-1")), directory(&format!("{name}-2")));
    write(&one, &loaded, &zone).unwrap();
    let again = read(&one, &zone).unwrap();
    assert_eq!(again, in_order(loaded), "{name}");
    write(&two, &again, &zone).unwrap();
    let files = [&one, &two].map(|dir| {
        let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        files
    });
    assert_eq!(files[0], files[1], "{name}");
    for file in &files[0] {
        assert_eq!(fs::read(one.join(file)).unwrap(), fs::read(two.join(file)).unwrap(), "{name}");
    }
    let Register { limits, calendars, hours, days, markets, unit_calendars, absences, rosters, duty_changes, .. } =
        &again;
    let sizes = [limits.len(), calendars.len(), hours.len(), days.len(), markets.len(), unit_calendars.len()];
    let mut full = sizes.into_iter().chain([absences.len(), rosters.len(), duty_changes.len()]);
    let there = Table::ALL.iter().filter(|t| !t.may_be_missing() || full.next().is_some_and(|rows| rows > 0));
    assert_eq!(files[0].len(), there.count(), "{name}: nothing else is left there");
    fs::remove_dir_all(one).unwrap();
    fs::remove_dir_all(two).unwrap();
}

#[test]
fn the_demo_town_and_every_small_world_go_there_and_back() {
    there_and_back("lugong", &fixtures().join("lugong"));
    for world in fs::read_dir(fixtures().join("worlds")).unwrap() {
        let world = world.unwrap();
        there_and_back(&world.file_name().to_string_lossy(), &world.path());
    }
}

#[test]
fn every_problem_of_limits_is_told() {
    let header = "层级,事项,序号,类别,时限,起,止\n";
    let rows = "everyday,,,办结时限,2工作日,,\neveryday,,1,接收时限,30分钟,,\n,water,,Committed,15wd,,\n";
    check(&[("limits.csv", &with_rows(header, rows))], &[]);
    let header = "ladder,matter,rung,kind,allowance,from,to\n";
    let wrong = "nothing,,,Finish,2wd,,\n,nothing,,Finish,2wd,,\n,,,Finish,2wd,,\neveryday,water,,Finish,2wd,,\n\
                 everyday,,1,Committed,2wd,,\neveryday,,0,Finish,2wd,,\neveryday,,,Finish,two days,,\n\
                 everyday,,,Accept,4wh,2024-02-01,2024-01-01\neveryday,,,Relay,4wh,,\neveryday,,,Relay,2wd,2024-01-01,\n";
    check(
        &[("limits.csv", &with_rows(header, wrong))],
        &[
            "limits.csv row 2 column ladder: ladder `nothing` is not in the register; add it to its file, or name one that is there",
            "limits.csv row 3 column matter: matter `nothing` is not in the register; add it to its file, or name one that is there",
            "limits.csv row 4 column ladder: neither a ladder nor a matter is named; fill in one of the two",
            "limits.csv row 5 column matter: both a ladder and a matter are named; leave one of the two empty",
            "limits.csv row 6 column rung: a limit of the kind Committed is for the whole case, not for a rung; leave `rung` empty",
            "limits.csv row 7 column rung: rung `0` is out of range; count rungs from 1 at the lowest, 100 at most",
            "limits.csv row 8 column allowance: `two days` is no time that can be allowed; write a number with its unit: `4wh` 工作小时, `2wd` 工作日, `30min` 分钟, `15d` 天",
            "limits.csv row 9 column to: the dates are reversed: `to` is not after `from`; `to` is the first day on which it no longer holds",
            "limits.csv row 11 column kind: an earlier row gives the limit Relay for the same at the same time; end the earlier one on the day this one begins",
        ],
    );
}

#[test]
fn odd_but_valid_text_goes_there_and_back() {
    let people = "code,name,phone\nP1,\"韦,一\",+00-0\nP2,\"=\"\"b\"\" 😀\",\n";
    let absences = "code,person,from,to,reason,matters,substitute,recorded_by,recorded_at,ended_at\nA,P1,,,\"=1+1\nc\r\nd, \"\"e\"\"\",,,,,\n";
    let dir = directory("text");
    for table in Table::ALL {
        let bytes = match table {
            Table::People => people.as_bytes(),
            Table::Absences => absences.as_bytes(),
            table => good(*table),
        };
        fs::write(dir.join(table.file()), bytes).unwrap();
    }
    there_and_back("odd-text", &dir);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_no_file_can_hold_is_not_written() {
    let zone = Zone::china();
    let dir = directory("refused");
    for spoil in [
        (|r: &mut Register| r.people[0].name.clear()) as fn(&mut Register),
        |r| r.people[0].phone = "\u{7}".to_owned(),
        |r| r.matters[0].words = vec!["a;b".to_owned()],
        |r| r.units[0].span.from = crate::rules::instant::Instant(i64::MIN + 1),
    ] {
        let mut register = read_with(&[]).unwrap();
        spoil(&mut register);
        let error = write(&dir, &register, &zone).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{error}");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    }
    fs::remove_dir_all(dir).unwrap();
}

const CALENDARS: &str = "\
code,name,base,zone,published_to
cn,全国,,Asia/Shanghai,2026-12-31
town,镇机关,cn,,
";
const HOURS: &str = "calendar,on,periods,from,to\ntown,Monday,08:30-12:00;14:30-18:00,,\ntown,Market,,2026-01-01,\n";
const DAYS: &str = "calendar,date,name,kind,periods\ncn,2026-10-01,国庆节,Holiday,\n";
const MARKETS: &str = "calendar,rule,values,from,to\ntown,Branch,辰;戌,,\ntown,Daily,,2026-01-01,2026-02-01\n";
const UNIT_CALENDARS: &str = "unit,calendar,from,to\nT,town,,\n";

const TIME: [(&str, &str); 5] = [
    ("calendars.csv", CALENDARS),
    ("hours.csv", HOURS),
    ("days.csv", DAYS),
    ("markets.csv", MARKETS),
    ("unit_calendars.csv", UNIT_CALENDARS),
];

#[test]
fn calendars_are_read_in_both_languages() {
    check(&TIME, &[]);
    let bytes = |texts: [(&'static str, &'static str); 5]| texts.map(|(name, text)| (name, text.as_bytes()));
    let english = read_with(&bytes(TIME)).unwrap();
    assert_eq!((english.calendars.len(), english.hours.len(), english.rows()), (2, 2, 23));
    let chinese = read_with(&bytes([
        (
            "calendars.csv",
            "编码,名称,依据,时区,公布至\ncn,全国,,Asia/Shanghai,2026/12/31\ntown,镇机关,cn,Asia/Shanghai,\n",
        ),
        ("hours.csv", "日历,适用日,时段,起,止\ntown,周一,8:30-12:00；14：30至18：00,,\ntown,赶场,,2026/1/1,\n"),
        ("days.csv", "日历,日期,名称,类别,时段\ncn,2026/10/1,国庆节,节假日,\n"),
        ("markets.csv", "日历,规则,取值,起,止\ntown,地支,龙；戌,,\ntown,每日,,2026-01-01,2026-02-01\n"),
        ("unit_calendars.csv", "单位,日历,起,止\nT,town,,\n"),
    ]));
    assert_eq!(chinese.unwrap(), english);
}

#[test]
fn every_cell_of_a_calendar_that_cannot_be_read_is_told() {
    check(
        &[
            ("calendars.csv", &with_rows(CALENDARS, "a b,,c d,Asia/Guiyang,soon\n")),
            ("hours.csv", &with_rows(HOURS, "town,8,25:00-26:00,,\n")),
            ("days.csv", &with_rows(DAYS, "cn,,,Rest,x\ncn,2026-02-30,日,MakeUp,\n")),
            ("markets.csv", &with_rows(MARKETS, "town,Branch,dragon,,\ntown,Monthly,,,\ntown,Daily,1,,\n")),
            ("unit_calendars.csv", &with_rows(UNIT_CALENDARS, "X,a b,,\nV,none,,\n")),
        ],
        &[
            "calendars.csv row 4 column code: `a b` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "calendars.csv row 4 column name: the cell is empty; fill it in",
            "calendars.csv row 4 column base: `c d` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "calendars.csv row 4 column published_to: `soon` is not a date; write a day as 2026-10-01",
            "hours.csv row 4 column on: `8` is not a word for it; use one of: Monday 周一, Tuesday 周二, Wednesday 周三, Thursday 周四, Friday 周五, Saturday 周六, Sunday 周日, MakeUp 调休, Market 赶场, Holiday 节假日",
            "hours.csv row 4 column periods: `25:00-26:00` is not a period of the day; write it like `08:30-12:00`, between 00:00 and 24:00",
            "days.csv row 3 column date: the cell is empty; write a day as 2026-10-01",
            "days.csv row 3 column name: the cell is empty; fill it in",
            "days.csv row 3 column kind: `Rest` is not a word for it; use one of: Holiday 节假日, MakeUp 调休上班, LocalOff 本地放假, HalfDay 半天上班, Ordinary 平常日",
            "days.csv row 3 column periods: `x` is not a period of the day; write it like `08:30-12:00`, between 00:00 and 24:00",
            "days.csv row 4 column date: `2026-02-30` is not a date; write a day as 2026-10-01",
            "markets.csv row 4 column values: `dragon` is no value of a market rule by Branch; write 子 to 亥, or an animal",
            "markets.csv row 5 column rule: `Monthly` is not a word for it; use one of: Branch 地支, Weekday 星期, SolarDigits 公历尾数, LunarDigits 农历尾数, OddDays 单日, EvenDays 双日, Daily 每日",
            "markets.csv row 6 column values: `1` is no value of a market rule by Daily; write nothing there",
            "unit_calendars.csv row 3 column calendar: `a b` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "unit_calendars.csv row 4 column calendar: calendar `none` is not in the register; add it to its file, or name one that is there",
        ],
    );
}

#[test]
fn calendar_files_without_rows_are_taken_away_by_the_next_export() {
    let zone = Zone::china();
    let dir = directory("calendars");
    let bytes = TIME.map(|(name, text)| (name, text.as_bytes()));
    write(&dir, &read_with(&bytes).unwrap(), &zone).unwrap();
    there_and_back("calendars-there", &dir);
    assert!(dir.join("markets.csv").exists());
    write(&dir, &read_with(&[]).unwrap(), &zone).unwrap();
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 7);
    assert_eq!(read(&dir, &zone).unwrap(), in_order(read_with(&[]).unwrap()));
    fs::remove_dir_all(dir).unwrap();
}

const ABSENCES: &str = "\
code,person,from,to,reason,matters,substitute,recorded_by,recorded_at,ended_at
A1,P1,2026-10-01,2026-10-08,培训,,P2,,2026-09-30T08:00:00+08:00,
A2,P2,,,病,water,,P1,,2026-10-05
";

#[test]
fn absences_are_read_in_both_languages() {
    let english = read_with(&[("absences.csv", ABSENCES.as_bytes())]).unwrap();
    assert_eq!((english.absences.len(), english.rows()), (2, 17));
    let chinese = "返岗时间,登记时间,登记人,替岗人,事项,事由,止,起,人员,编码\n,2026-09-30T08:00:00+08:00,,P2,,培训,2026/10/8,2026/10/1,P1,A1\n2026/10/5,,P1,,water；,病,,,P2,A2\n";
    assert_eq!(read_with(&[("absences.csv", chinese.as_bytes())]).unwrap(), english);
    let dir = directory("absences");
    write(&dir, &english, &Zone::china()).unwrap();
    there_and_back("absences-there", &dir);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn every_cell_of_an_absence_that_cannot_be_read_is_told() {
    check(
        &[("absences.csv", &with_rows(ABSENCES, "a b,,soon,,,x y,p q,,then,2026-02-30\nA3,P1,,,\u{7},,,,,\n"))],
        &[
            "absences.csv row 4 column code: `a b` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "absences.csv row 4 column person: the cell is empty; write a code of 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "absences.csv row 4 column from: `soon` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "absences.csv row 4 column matters: `x y` is not a code; name matters by their codes, or leave it empty for all",
            "absences.csv row 4 column substitute: `p q` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "absences.csv row 4 column recorded_at: `then` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "absences.csv row 4 column ended_at: `2026-02-30` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "absences.csv row 5 column reason: ` ` has the control character U+0007 in it; take it out, or type the text again",
        ],
    );
    // Who stands in an unreadable row is not blamed on the absence.
    let people = PEOPLE.replace("P2,罗二,00000000002", "P2,,00000000002");
    let found = read_with(&[("people.csv", people.as_bytes()), ("absences.csv", ABSENCES.as_bytes())]).unwrap_err();
    assert_eq!(found.iter().map(|p| (p.file.as_str(), p.row)).collect::<Vec<_>>(), [("people.csv", 3)]);
}

const ROSTERS: &str = "\
code,name,unit,kind,posts,exclusive,on,hand_over,hours,turn,week_begins,width,start,order,from,to
V-SP,坐班,G,ServicePoint,GroupLeader,no,Every,00:00,,Daily,Monday,1,2026-01-05,P1;P2,,
";

const DUTY_CHANGES: &str = "\
code,roster,kind,shift,from,to,out,in,offered_to,against,reason,begun_by,begun_at,taken_at,ended_by,ended_at,expiry
DUTY-1,V-SP,Swap,2026-01-05#2,,,P1,P2,P2,2026-01-05#3,,P1,2026-01-02,2026-01-03T08:00:00+08:00,P2,2026-01-04,
DUTY-2,V-SP,Cover,,2026-02-01,,,P2,,,病,,2026-01-02,,,,
DUTY-3,V-SP,TakeOver,2026-01-05#9,,,P2,P1,,,家里有事,P1,2026-01-14T10:00:00+08:00,,,,
DUTY-4,V-SP,Swap,2026-01-05#20,,,P1,,,,,P1,2026-01-15,,,2026-01-25,ShiftBegun
";

/// Both take turns.
const BOTH_LEAD: &str = "post,person,rank,from,to\nLEAD,P1,First,2012-01-01,\nDISP,P2,First,,\nLEAD,P2,Substitute,,\n";

#[test]
fn changes_of_duty_are_read_in_both_languages() {
    let files = |changes: &'static str| {
        let (held, rosters) = (BOTH_LEAD.as_bytes(), ROSTERS.as_bytes());
        [("holdings.csv", held), ("rosters.csv", rosters), ("duty_changes.csv", changes.as_bytes())]
    };
    let english = read_with(&files(DUTY_CHANGES)).unwrap();
    assert_eq!((english.duty_changes.len(), english.rows()), (4, 21));
    let chinese =
        "编码,值班表,类别,班次,起,止,下班人,上班人,指定接班人,换回班次,事由,发起人,发起时间,接班时间,撤销人,撤销时间
DUTY-1,V-SP,换班,2026-01-05＃2,,,P1,P2,P2,2026-01-05#3,,P1,2026/1/2,2026-01-03T08:00:00+08:00,P2,2026/1/4
DUTY-2,V-SP,替班,,2026/2/1,,,P2,,,病,,2026/1/2,,,
DUTY-3,V-SP,顶班,2026-01-05#9,,,P2,P1,,,家里有事,P1,2026-01-14T10:00:00+08:00,,,
";
    // Files from before there was the column are read as if nothing had expired.
    assert_eq!(read_with(&files(chinese)).unwrap().duty_changes, english.duty_changes[..3]);
    let dir = directory("duty-changes");
    write(&dir, &english, &Zone::china()).unwrap();
    assert_eq!(fs::read_to_string(dir.join("duty_changes.csv")).unwrap(), DUTY_CHANGES);
    there_and_back("duty-changes-there", &dir);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn every_cell_of_a_change_of_duty_that_cannot_be_read_is_told() {
    let wrong = "a b,,Trade,monday,soon,,x y,,,2#2,,,then,,,,tired\n\
                 D5,V-SP,Cover,2026-01-05#2,2026-01-05,,,P1,,,病,,,,,,\n\
                 D6,NONE,Cover,,,,P9,,,,病,P8,,,,,\n";
    let changes = with_rows(DUTY_CHANGES, wrong);
    check(
        &[("holdings.csv", BOTH_LEAD), ("rosters.csv", ROSTERS), ("duty_changes.csv", &changes)],
        &[
            "duty_changes.csv row 6 column code: `a b` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "duty_changes.csv row 6 column roster: the cell is empty; write a code of 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "duty_changes.csv row 6 column kind: `Trade` is not a word for it; use one of: Swap 换班, TakeOver 顶班, Cover 安排替班",
            "duty_changes.csv row 6 column shift: `monday` does not name a shift; write it as `2015-03-01#0`: the day from which shifts are counted, and its number",
            "duty_changes.csv row 6 column from: `soon` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "duty_changes.csv row 6 column out: `x y` is not a code; use 1 to 40 ASCII letters, digits, `-`, `_` or `.`",
            "duty_changes.csv row 6 column against: `2#2` does not name a shift; write it as `2015-03-01#0`: the day from which shifts are counted, and its number",
            "duty_changes.csv row 6 column begun_at: `then` is not a date; write a day as 2015-03-01, an instant as 2015-03-01T08:30:00+08:00, or nothing for open",
            "duty_changes.csv row 6 column expiry: `tired` is not a word for it; use one of: ShiftBegun 班次已开始, ShiftGone 班次已取消, TakenByAnother 已由他人接班, NotOnShift 原值班人已不在该班次, PostLeft 接班人已离任, CannotCome 接班人届时不能接班, GroundGone 所依据的换班替班已失效",
            "duty_changes.csv row 7 column shift: both a shift and a stretch of time are named; leave one of the two empty",
            "duty_changes.csv row 8 column begun_by: person `P8` is not in the register; add it to its file, or name one that is there",
            "duty_changes.csv row 8 column out: person `P9` is not in the register; add it to its file, or name one that is there",
            "duty_changes.csv row 8 column roster: roster `NONE` is not in the register; add it to its file, or name one that is there",
        ],
    );
    // What stands in an unreadable row is not blamed on the change of duty.
    let rosters = ROSTERS.replace("2026-01-05", "2026-13-05");
    let found = read_with(&[("rosters.csv", rosters.as_bytes()), ("duty_changes.csv", DUTY_CHANGES.as_bytes())]);
    let whole = found.unwrap_err().iter().map(|problem| problem.file.clone()).collect::<Vec<_>>();
    assert_eq!(whole, ["rosters.csv"]);
    // Nor is who stands in an unreadable row of the holdings blamed on the rota.
    let held = BOTH_LEAD.replace("LEAD,P2,Substitute", "LEAD,P2,Third");
    let found = read_with(&[("holdings.csv", held.as_bytes()), ("rosters.csv", ROSTERS.as_bytes())]);
    let files: Vec<String> = found.unwrap_err().iter().map(|problem| problem.file.clone()).collect();
    assert_eq!(files, ["holdings.csv"]);
}
