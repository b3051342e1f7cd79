"""Print what the store of records costs: import, size, and search, with the queries and how selective they are."""

import argparse
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from store_records import SAMPLES, Maker

from myotrial.registry.store.asking import Filters, read_asked
from myotrial.registry.store.content import content_of, searched_text
from myotrial.registry.store.store import Store

BATCH = 4000
CHUNK = 12 * BATCH
CLASSES = ((0.0005, 0.002), (0.005, 0.02), (0.02, 0.06), (0.06, 0.2))
"""Shares of the records that a condition leaves."""
COMMON = 0.1
"""Share of the records from which on a word is called common here."""
PAIRS = tuple(tuple(pair.split()) for pair in """
patients treatment|age years|disease severe|informed consent|history allergy|pregnant women|clinical trial|study drug
vaccine influenza|pneumonia hospital|randomized placebo|antibody response|patients tacrolimus|treatment lupus
study insulin|hospital stroke|history seizures|clinical sarcoidosis|drug methotrexate|steroid dose|quality life
severe rheumatoid|age dialysis|informed biopsy|tacrolimus prednisone|muscle strength|lupus prednisone
rheumatoid arthritis|insulin glucose|seizures epilepsy|stroke depression|dermatomyositis prednisone|lupus dialysis
pain depression|muscle biopsy|interferon glucose
""".strip().replace("\n", "|").split("|"))  # fmt: skip


def bare(path: Path, maker: Maker, records: int) -> float:
    """Return the seconds of a floor: the same JSON and the same text into a table and an index, and nothing else."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    base.execute("CREATE TABLE kept(id INTEGER PRIMARY KEY, content BLOB)")
    base.execute("CREATE VIRTUAL TABLE words USING fts5(a, b, c, d, e, f, g, content='', tokenize='porter unicode61')")
    spent = 0.0
    for start in range(1, records + 1, BATCH):
        batch = [maker.make(number) for number in range(start, min(start + BATCH, records + 1))]
        rows = [(content_of(record)[0], searched_text(record)) for record in batch]
        begin = time.perf_counter()
        base.execute("BEGIN")
        base.executemany("INSERT INTO kept(content) VALUES(?)", [row[:1] for row in rows])
        base.executemany("INSERT INTO words VALUES(?, ?, ?, ?, ?, ?, ?)", [row[1] for row in rows])
        base.execute("COMMIT")
        spent += time.perf_counter() - begin
    base.close()
    return spent


def fill(store: Store, maker: Maker, records: int, minutes: float) -> tuple[int, float, float, int]:
    """Return the records, the seconds of the import on the clock and of the processor, and the bytes of the text."""
    clock = cpu = 0.0
    text = made = 0
    stop = time.monotonic() + 60 * minutes
    for start in range(
        1, records + 1, CHUNK
    ):  # several batches in one call, so that one is written as the next is prepared
        if time.monotonic() > stop:
            break
        batch = [maker.make(number) for number in range(start, min(start + CHUNK, records + 1))]
        some = batch[:50]  # enough for the mean
        text += sum(len(part.encode()) for each in some for part in searched_text(each)[:-1]) * len(batch) // 50
        made += len(batch)
        begin, begin_cpu = time.perf_counter(), time.process_time()
        store.add(batch)
        clock += time.perf_counter() - begin
        cpu += time.process_time() - begin_cpu
    return made, clock, cpu, text


def sizes(path: Path) -> dict[str, int]:
    base = sqlite3.connect(path)
    pages = dict(base.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    base.close()
    index = sum(size for name, size in pages.items() if name.startswith(("words", "heads")))
    content = pages["version"]
    return {"index": index, "content": content, "rest": sum(pages.values()) - index - content}


def share(store: Store, filters: Filters, records: int) -> float:
    return store.select(filters, limit=1).records / records


def conditions(store: Store, maker: Maker, records: int) -> dict[tuple[float, float], list[str]]:
    """Return five conditions of each class of selectivity."""
    found: dict[tuple[float, float], list[str]] = {each: [] for each in CLASSES}
    singles = {word for words in maker.conditions for word in words.lower().split() if word.isalpha()}
    for words in sorted(word for word in singles if len(word) > 4):
        part = share(store, Filters(condition=[words]), records)
        for low, high in CLASSES:
            if low <= part < high and len(found[low, high]) < 5:
                found[low, high].append(words)
    return found


def ask(store: Store, queries: list[tuple[str, Filters]]) -> tuple[list[float], list[float], list[str]]:
    times, cpu, ranked = [], [], []
    for words, filters in queries:
        store.search(words, filters)  # once unmeasured: the page cache
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        found = store.search(words, filters)
        times.append((time.perf_counter() - begin) * 1000)
        cpu.append((time.thread_time() - begin_cpu) * 1000)
        ranked.append(found.ranked_in)
    return times, cpu, ranked


def tell(title: str, times: list[float], cpu: list[float], note: str = "") -> None:
    def p95(values: list[float]) -> float:
        return quantiles(values, n=20, method="inclusive")[-1]

    print(f"  {title:<50} {len(times):>4}  p50 {median(times):6.1f}  p95 {p95(times):6.1f}  most {max(times):6.1f} ms"
          f"  (processor: {median(cpu):.1f}, {p95(cpu):.1f}, {max(cpu):.1f})  {note}")  # fmt: skip


def tell_search(title: str, queries: list[tuple[str, Filters]], store: Store) -> None:
    times, cpu, ranked = ask(store, queries)
    tell(title, times, cpu, f"every match ranked in {ranked.count('all')}")


def tell_plain(path: Path, queries: list[tuple[str, Filters]]) -> None:
    """Tell what the same queries take if every match is ranked by every word."""
    times, cpu, base = [], [], sqlite3.connect(path)
    base.execute("PRAGMA cache_size = -65536")
    for words, filters in queries:
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        base.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20",
                     (read_asked(words, filters).whole,)).fetchall()  # fmt: skip
        times.append((time.perf_counter() - begin) * 1000)
        cpu.append((time.thread_time() - begin_cpu) * 1000)
    base.close()
    tell("a part of them, every match ranked by every word", times, cpu)


def kinds(path: Path, records: int) -> dict[str, list[str]]:
    """Return the pairs by how common their words are."""
    base, found = sqlite3.connect(path), {"two common words": [], "a common and a rare word": [], "two rare words": []}
    for pair in PAIRS:
        parts = [base.execute("SELECT count(*) FROM words WHERE words MATCH ?", (f'"{word}"',)).fetchone()[0] / records
                 for word in pair]  # fmt: skip
        kind = list(found)[sum(part <= COMMON for part in parts)]
        found[kind].append(" ".join(f"{word} ({part:.1%})" for word, part in zip(pair, parts, strict=True)))
    base.close()
    return found


def plain(pair: str) -> str:
    return " ".join(pair.split()[::2])


def searches(store: Store, maker: Maker, path: Path, records: int) -> None:
    print("search, 20 best; a condition's share of the records is how selective it is")
    of_kind = kinds(path, records)
    everything: list[tuple[str, str, Filters]] = []
    for names in conditions(store, maker, records).values():
        filters = [Filters(condition=[name]) for name in names]
        queries = [(kind, plain(pair), each) for kind, pairs in of_kind.items() for pair in pairs for each in filters]
        if names:
            shares = [share(store, each, records) for each in filters]
            tell_search(f"condition in {min(shares):.2%} to {max(shares):.2%}", [q[1:] for q in queries], store)
            print(f"    {', '.join(f'{name} ({part:.2%})' for name, part in zip(names, shares, strict=True))}")
        everything += queries
    for kind, pairs in of_kind.items():
        if pairs:
            tell_search(f"{kind}, and a condition", [q[1:] for q in everything if q[0] == kind], store)
            print(f"    {', '.join(pairs)}")
    tell_search("two words and a condition, all of them", [q[1:] for q in everything], store)
    tell_plain(path, [q[1:] for q in everything[::7]])
    recruiting = Filters(status=["recruiting"], phase=["3"])
    pairs = [" ".join(pair) for pair in PAIRS]
    tell_search(f"two words, recruiting and phase 3 ({share(store, recruiting, records):.1%})",
                [(pair, recruiting) for pair in pairs], store)  # fmt: skip
    tell_search("two words, no filter", [(pair, Filters()) for pair in pairs], store)
    tell_search("a phrase of two words, no filter", [(f'"{pair}"', Filters()) for pair in pairs], store)
    beginnings = [f"{pair[0][:5]}*" for pair in PAIRS]
    tell_search("a beginning of five letters, no filter", [(words, Filters()) for words in beginnings], store)


def measure(path: Path, records: int, minutes: float) -> None:
    maker = Maker()
    floor = bare(path.with_name("bare.sqlite"), maker, min(records, 10_000)) / min(records, 10_000)
    with Store(path, writing=True) as store:
        records, clock, cpu, text = fill(store, maker, records, minutes)
        begin = time.perf_counter()
        store.merge()
        merge = time.perf_counter() - begin
    with Store(path) as store:
        size = sizes(path)
        print(f"{records:,} records, {text / 1e9:.2f} GB of text ({text / records:,.0f} bytes a record)")
        print(f"  import from parsed form  {records / clock:8,.0f} records/s ({clock:.0f} s; processor "
              f"{cpu / records * 1e6:.0f} µs a record, over two threads); merging the index {merge:.0f} s")  # fmt: skip
        print(f"  import ÷ bare inserts    {clock / records / floor:8.2f}")
        print(f"  index ÷ text             {size['index'] / text:8.2f}  ({size['index'] / 1e6:,.0f} MB)")
        print(f"  all but records ÷ text   {(size['index'] + size['rest']) / text:8.2f}")
        print(f"  records ÷ text           {size['content'] / text:8.2f}  ({size['content'] / 1e6:,.0f} MB)")
        searches(store, maker, path, records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--minutes", type=float, default=60, help="stop the import after so many")
    chosen = parser.parse_args()
    if not SAMPLES.is_dir():
        print("the sample records (../shared) are not on this machine")
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "records.sqlite", chosen.records, chosen.minutes)


if __name__ == "__main__":
    main()
