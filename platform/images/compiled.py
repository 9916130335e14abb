"""Compile folders as they will be run: ``python compiled.py FOLDER ...``.

An image's root is read-only: what is not compiled here is compiled at each start, in
the memory of the service. A package may hold files for other Pythons, which do not
compile; they are not imported either.
"""

import compileall
import sys

if __name__ == "__main__":
    for folder in sys.argv[1:]:
        compileall.compile_dir(folder, quiet=2, optimize=2)
