"""Files that come and go."""
import os
import pathlib
import tempfile
import unittest

from shop import reader, store


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="shop-"))

    def tearDown(self):
        for file in sorted(self.folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        self.folder.rmdir()

    def test_many(self):
        for number in range(int(os.environ["RUN"]) % 4 + 2):
            file = self.folder / f"order-{number}.txt"
            file.write_text(reader.name())
            self.assertEqual(file.read_text(), "reader")

    def test_replace(self):
        (self.folder / "new").write_text(store.name())
        os.replace(self.folder / "new", self.folder / "old")
        self.assertEqual((self.folder / "old").read_text(), "store")

    def test_named(self):
        with tempfile.NamedTemporaryFile("w+", suffix=".csv") as file:
            file.write("a,b\n")
            file.flush()
            self.assertEqual(os.path.getsize(file.name), 4)
