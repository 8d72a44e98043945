"""Draw the textbook's pictures: ``python docs/drawings.py`` all of them, ``python docs/drawings.py fold`` only one."""

import argparse
from pathlib import Path

from sketches import DRAWINGS

from nn.files import atomic_write, writable_folder

FOLDER = Path(__file__).parent / "figures" / "drawings"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Draw the textbook's drawings, with numbers computed by nn.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(DRAWINGS)} (default: all)")
    parser.add_argument("--output", default=FOLDER, help="folder to write to (default: docs/figures/drawings)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in DRAWINGS]
    if unknown:
        parser.error(f"there is no drawing called {', '.join(unknown)}: choose from {', '.join(DRAWINGS)}")
    folder = writable_folder(options.output)
    for name in options.names or DRAWINGS:
        path = folder / f"{name}.png"
        with atomic_write(path) as file:
            DRAWINGS[name]().save(file)
        print(path)


if __name__ == "__main__":
    main()
