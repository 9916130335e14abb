"""Compile folders as they will be run: ``python compiled.py FOLDER ...``.

An image's root is read-only: what is not compiled here is compiled at each start, in
the memory of the service. ``--standard`` is this Python's own library. A package may
hold files for other Pythons, which do not compile; they are not imported either.
"""

import compileall
import sys
import sysconfig

if __name__ == "__main__":
    for given in sys.argv[1:]:
        folder = sysconfig.get_path("stdlib") if given == "--standard" else given
        compileall.compile_dir(folder, quiet=2, optimize=2)
