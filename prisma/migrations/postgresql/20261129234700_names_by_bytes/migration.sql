-- The same order as SQLite's and as Bifrost's API: so a list can be sent while it is read.
ALTER TABLE "providers" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
