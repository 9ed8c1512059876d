"""Training in pieces: a run stops after some minutes, and the next one goes on where it stopped."""
import os
import pickle
import random
import time

import numpy as np
import torch


class Piece:
    """A run of `minutes`; `state` are the models and optimizers that the next run goes on with."""

    def __init__(self, path, minutes, **state):
        self.path, self.state, self.step = path, state, 0
        self.ends = time.monotonic() + 60 * minutes
        if not os.path.exists(path):
            return
        kept = torch.load(path, weights_only=False)
        self.step = kept["step"]
        for name, part in state.items():
            part.load_state_dict(kept[name])
        python, numbers, tensors = pickle.loads(kept["random"])
        random.setstate(python)
        np.random.set_state(numbers)
        torch.set_rng_state(tensors)

    def steps(self, count):
        """The steps that are left, as far as time allows; what they made is kept every 50 and at the end."""
        for step in range(self.step, count):
            if time.monotonic() > self.ends:
                break
            yield step
            self.step = step + 1
            if self.step % 50 == 0:
                self.keep()
        self.keep()

    def keep(self):
        chance = pickle.dumps((random.getstate(), np.random.get_state(), torch.get_rng_state()))
        parts = {name: part.state_dict() for name, part in self.state.items()}
        torch.save(dict(step=self.step, random=chance, **parts), self.path + ".new")
        os.replace(self.path + ".new", self.path)
