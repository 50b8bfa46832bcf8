"""A store in a folder of its own."""
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from shop import amounts, dates, report


class Store(unittest.TestCase):
    def test_database(self):
        with tempfile.TemporaryDirectory() as folder:
            store = sqlite3.connect(os.path.join(folder, "shop.db"))
            store.execute("CREATE TABLE sale (name, amount)")
            store.execute("INSERT INTO sale VALUES (?, ?)", (amounts.name(), 3))
            store.commit()
            self.assertEqual(store.execute("SELECT * FROM sale").fetchall(), [("amounts", 3)])
            store.close()

    def test_program(self):
        with tempfile.TemporaryFile() as file:
            subprocess.run([sys.executable, "-c", "print(1)"], stdout=file, check=True)
            self.assertEqual(file.tell(), 2)

    def test_names(self):
        self.assertEqual(dates.name() + report.name(), "datesreport")
