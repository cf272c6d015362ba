"""Setup as reviewed change-sets: drafted by one person, checked, published by a second, in force from a date, rolled back.

* ``chapters``  what can be set up: each chapter with its columns, its rows now, and how its changes are written
* ``cells``     one row of a form or a sheet, read and validated cell by cell
* ``checking``  what would be wrong if the change-set were in force, in sentences
* ``actions``   the verbs; the only writes
* ``queries``   change-sets as people read them: before and after, in words
"""
