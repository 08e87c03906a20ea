"""Making the stand-in service: its database by URL, and its public data set as Parquet.

Nothing that exists is ever touched: a database that has one of the tables is refused,
a file that is there is refused. An SQLite file and the Parquet file appear whole.
"""

import json
from pathlib import Path

import duckdb
from sqlalchemy import MetaData, create_engine, inspect

from disclosures.datamap.demo_service.activity import Story, World
from disclosures.datamap.demo_service.tables import Shape, metadata_of

SEED = 2023
_ROWS_AT_ONCE = 1_000


def make_service(
    database: str | Path,
    parquet: Path,
    *,
    seed: int = SEED,
    shape: Shape = Shape.SPRING_2023,
) -> World:
    """Make the service's database and data set; returns what was put in.

    ``database`` is a database URL, or a path for an SQLite file. What the tables of the
    shape have no column for isn't put in.

    Raises:
        FileExistsError: there is a service already; it isn't touched.
    """
    world = Story(seed, shape).tell()
    metadata = metadata_of(shape)
    if isinstance(database, str) and database.startswith("sqlite:///"):
        database = Path(database.removeprefix("sqlite:///"))
    if isinstance(database, Path):
        _refuse_existing(database)
        growing = database.with_name(f"{database.name}.part")
        growing.unlink(missing_ok=True)
        database.parent.mkdir(parents=True, exist_ok=True)
        _fill(f"sqlite:///{growing}", metadata, world)
        growing.replace(database)
    else:
        _fill(database, metadata, world)
    _write_parquet(parquet, world)
    return world


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise FileExistsError(f"{path} is there already.")


def _fill(url: str, metadata: MetaData, world: World) -> None:
    engine = create_engine(url)
    try:
        if set(inspect(engine).get_table_names()) & set(metadata.tables):
            raise FileExistsError("The database has tables of a service already.")
        metadata.create_all(engine)
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                names = table.columns.keys()
                rows = [
                    {name: row[name] for name in names}
                    for row in world.rows[table.name]
                ]
                for start in range(0, len(rows), _ROWS_AT_ONCE):
                    connection.execute(
                        table.insert(), rows[start : start + _ROWS_AT_ONCE]
                    )
    finally:
        engine.dispose()


def _write_parquet(parquet: Path, world: World) -> None:
    _refuse_existing(parquet)
    parquet.parent.mkdir(parents=True, exist_ok=True)
    lines = parquet.with_name(f"{parquet.name}.jsonl")
    growing = parquet.with_name(f"{parquet.name}.part")
    text = "\n".join(json.dumps(row, default=str) for row in world.downloads)
    lines.write_text(text)
    columns = (
        "{day: 'TIMESTAMP', project: 'VARCHAR', version: 'VARCHAR',"
        " country_code: 'VARCHAR', downloads: 'BIGINT'}"
    )
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_json(?, format = 'newline_delimited',"  # noqa: S608 - no values
                f" columns = {columns})) TO '{growing}' (FORMAT parquet)",
                [str(lines)],
            )
        growing.replace(parquet)
    finally:
        lines.unlink(missing_ok=True)
        growing.unlink(missing_ok=True)
