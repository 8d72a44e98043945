"""Checks again at every save."""

import time

EVERY = 0.3  # seconds between two looks at the file


def watch(lab, file, names, check_once, rounds=None):
    """Run `check_once(lab, file, names)`, now and whenever `file` has changed, until Ctrl-C (or for so many rounds).

    Returns what the last call returned.
    """
    print(f"Watching {file}; stop with Ctrl-C.")
    seen, status = None, 0
    try:
        while rounds is None or rounds > 0:
            now = _stamp(file)
            if now == seen or now is None:
                time.sleep(EVERY)
                continue
            seen = now
            print(time.strftime("\n--- %H:%M:%S"))
            try:
                status = check_once(lab, file, names)
            except OSError:
                seen = None  # an editor is replacing the file: look again
                time.sleep(EVERY)
                continue
            rounds = None if rounds is None else rounds - 1
    except KeyboardInterrupt:
        print()
    return status


def _stamp(file):
    """What changes when the file is saved; None while an editor is replacing it."""
    try:
        found = file.stat()
    except OSError:  # not there, or (Windows) held by the editor
        return None
    return found.st_mtime_ns, found.st_size
