"""Says each concept's label in nine espeak-ng voices, the last of them one that training never hears.

    python speak.py [--held-out | --more]

Reads data.json; writes speech.bin (16 kHz, 16 bit) and speech.json: concept, first sample, samples, 1 if held out. With --held-out only
the voice that training never hears is spoken, as it is without: enough to score a model that is there. With --more, other voices than
those of the nine say every label for the decoder, a file each (more/NN.bin, .json); a run that was stopped goes on at the first missing one.
Needs espeak-ng, numpy and scipy.
"""
import io
import json
import os
import random
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.signal import resample_poly

RATE = 16000
LONGEST = 56000
TAKES = 9
HELD_OUT_TAKE = TAKES - 1
# In this take another name of the concept is said.
SYNONYM_TAKE = 7

VOICES = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc", "en-gb-x-gbclan", "en-gb-x-gbcwmd"]
VARIANTS = ["", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+klatt", "+klatt2", "+klatt3"]
HELD_OUT_VOICES = ["en-us+Andy", "en-gb+Annie", "en-us+max", "en-gb+anikaRobot"]
# Speakers of --more: none of them, nor a relative, is held out.
MORE_VARIANTS = [
    "Alex", "Alicia", "Andrea", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike",
    "Nguyen", "Storm", "adam", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "ed", "edward", "edward2", "grandma",
    "grandpa", "gustave", "iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "klatt4", "klatt5", "klatt6", "linda", "m8", "marcelo",
    "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph2", "steph3",
    "travis", "victor", "zac", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5"]
MORE_TAKES = 21
# In these takes of --more, another name of the concept is said.
MORE_SYNONYM_TAKES = (7, 15)


def say(text, voice, speed, pitch):
    """16-bit samples at 16 kHz, silence cut off at both ends."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-g", "0", "--stdout", text]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(output)) as wav:
        rate = wav.getframerate()
    samples = np.frombuffer(output[44:], dtype=np.int16).astype(np.float32) / 32768
    if rate != RATE:
        # espeak-ng speaks at 22 050 Hz.
        samples = resample_poly(samples, 320, 441)
    loud = np.nonzero(np.abs(samples) > 1e-3)[0]
    if len(loud):
        samples = samples[max(0, loud[0] - 400) : loud[-1] + 800]
    return (np.clip(samples[:LONGEST], -1, 1) * 32767).astype(np.int16)


def say_more(concepts):
    """One file a take: [concept, first sample, samples, what is said]."""
    os.makedirs("more", exist_ok=True)
    for take in range(MORE_TAKES):
        draw = random.Random(100 + take)
        said = []
        for entry in concepts:
            text = draw.choice(entry["names"] + [entry["label"]]) if take in MORE_SYNONYM_TAKES else entry["label"]
            said.append((text, f"{draw.choice(VOICES)}+{draw.choice(MORE_VARIANTS)}", draw.randint(120, 220), draw.randint(20, 80)))
        if os.path.exists(f"more/{take:02}.json"):
            continue
        with ThreadPoolExecutor(2) as speakers:
            recordings = list(speakers.map(lambda one: say(*one), said))
        ends = np.cumsum([len(samples) for samples in recordings])
        places = [[concept, int(end) - len(samples), len(samples), text]
                  for concept, (end, samples, (text, *_)) in enumerate(zip(ends, recordings, said))]
        np.concatenate(recordings).tofile(f"more/{take:02}.bin")
        with open(f"more/{take:02}.json", "w") as file:
            json.dump(places, file)
        print(f"take {take}: {ends[-1] / RATE / 60:.0f} min of speech", flush=True)


def main():
    only_held_out = "--held-out" in sys.argv[1:]
    random.seed(1)
    with open("data.json") as file:
        concepts = json.load(file)
    if "--more" in sys.argv[1:]:
        return say_more(concepts)
    recordings, places, at = [], [], 0
    for concept, entry in enumerate(concepts):
        for take in range(TAKES):
            held_out = take == HELD_OUT_TAKE
            if held_out:
                voice = random.choice(HELD_OUT_VOICES)
                speed, pitch = random.randint(150, 180), random.randint(40, 60)
            else:
                voice = random.choice(VOICES) + random.choice(VARIANTS)
                speed, pitch = random.randint(120, 220), random.randint(20, 80)
            text = random.choice(entry["names"] + [entry["label"]]) if take == SYNONYM_TAKE else entry["label"]
            if only_held_out and not held_out:
                continue
            samples = say(text, voice, speed, pitch)
            recordings.append(samples)
            places.append([concept, at, len(samples), int(held_out)])
            at += len(samples)
        if concept % 200 == 0:
            print(f"{concept} of {len(concepts)}, {at / RATE / 60:.0f} min of speech", flush=True)
    np.concatenate(recordings).tofile("speech.bin")
    with open("speech.json", "w") as file:
        json.dump(places, file)


if __name__ == "__main__":
    main()
