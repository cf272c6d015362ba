"""The permission matrix: who gets which answer at every address, asked of the running code and written down in ``docs/permissions.md``.

``world`` builds two streets with somebody in every role; ``samples`` finds an object of each street for every parameter of an address;
``asking`` asks every address as everybody, each time undone; ``table`` turns the answers into the document and back.
"""
