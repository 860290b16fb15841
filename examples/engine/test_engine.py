"""What the example engine promises, tried with simulated events: /usr/bin/python3 -m unittest discover examples/engine"""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import socket
import statistics
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
LOADER = importlib.machinery.SourceFileLoader("engine", str(HERE / "qsc-example-engine"))
engine = importlib.util.module_from_spec(importlib.util.spec_from_loader("engine", LOADER))
LOADER.exec_module(engine)

MODELS = ["lgbm", "nhits", "patchtst", "xgb"]


def behaviours(**named):
    file = engine.BehaviourFile("/nonexistent")
    file.behaviours = {model: engine.Behaviour.parse(text) for model, text in named.items()}
    return file


def window(size, rng, **named):
    return [engine.event_votes(MODELS, behaviours(**named), rng) for _ in range(size)]


def shares(votes):
    return {action: sum(vote["action"] == action for vote in votes) / len(votes) for action in engine.ACTIONS}


def spread(votes):
    tenths = statistics.quantiles([vote["confidence"] for vote in votes], n=10, method="inclusive")
    return tenths[8] - tenths[0]


def agreement(event):
    actions = [vote["action"] for vote in event.values()]
    return max(map(actions.count, actions)) / len(actions)


def disagrees_hard(event):
    return {"BUY", "SELL"} <= {vote["action"] for vote in event.values()}


def model_figures(votes):
    """Rule -> (figure, threshold, +1 if it must stay below and -1 if above)."""
    by_action = shares(votes)
    return {
        "ACTION_COLLAPSE": (max(by_action.values()), 0.70, 1),
        "DEAD_ZONE": (by_action["HOLD"], 0.85, 1),
        "FLAT": (statistics.pstdev(vote["confidence"] for vote in votes), 0.05, -1),
        "NARROW": (spread(votes), 0.12, -1),
    }


def ensemble_figures(events):
    agreed = statistics.fmean(map(agreement, events))
    return {
        "AGREEMENT_LOW": (agreed, 0.55, -1),
        "AGREEMENT_HIGH": (agreed, 0.80, 1),
        "HARD_DISAGREE": (statistics.fmean(map(disagrees_hard, events)), 0.20, 1),
    }


def figures(events):
    yield from ensemble_figures(events).items()
    for model in events[0]:
        yield from model_figures([event[model] for event in events]).items()


def broken_rules(events, model):
    votes = [event[model] for event in events]
    return {rule for rule, (figure, limit, sign) in model_figures(votes).items() if sign * (figure - limit) > 0}


def margins(size, windows, **named):
    """Rule -> (mean, standard deviation, how many of them lie between the mean and the threshold)."""
    seen = {}
    for seed in range(windows):
        for rule, figure in figures(window(size, random.Random(seed), **named)):
            seen.setdefault(rule, []).append(figure)
    result = {}
    for rule, all_figures in seen.items():
        values = [value for value, _, _ in all_figures]
        mean, deviation = statistics.fmean(values), statistics.pstdev(values)
        _, limit, sign = all_figures[0]
        result[rule] = (mean, deviation, sign * (limit - mean) / deviation)
    return result


class HealthyModels(unittest.TestCase):
    def test_keep_so_far_from_every_threshold_that_720_checks_raise_no_false_alarm(self):
        for size, windows in (200, 300), (2000, 30):
            for rule, (mean, deviation, margin) in margins(size, windows).items():
                print(f"{size:5} events {rule:16} {mean:.4f} ± {deviation:.4f}: {margin:5.1f} deviations away")
                self.assertGreater(margin, 8, rule)

    def test_stay_healthy_when_one_of_them_is_silent(self):
        for rule, (_, _, margin) in margins(200, 100, patchtst="silent").items():
            self.assertGreater(margin, 6, rule)

    def test_vote_the_same_whether_another_one_collapses_or_not(self):
        calm, collapsed = (window(50, random.Random(7), **named) for named in ({}, {"patchtst": "collapse"}))
        self.assertEqual([event["xgb"] for event in calm], [event["xgb"] for event in collapsed])


class Behaviours(unittest.TestCase):
    def test_break_the_rules_they_are_named_after_and_no_other_of_a_model(self):
        expected = {
            "healthy": set(),
            "collapse": {"ACTION_COLLAPSE", "DEAD_ZONE"},
            "flat": {"FLAT"},
            "narrow": {"NARROW"},
        }
        for behaviour, rules in expected.items():
            for seed in range(20):
                events = window(400, random.Random(seed), patchtst=behaviour)
                self.assertEqual(rules, broken_rules(events, "patchtst"), behaviour)
                self.assertEqual(set(), broken_rules(events, "xgb"), behaviour)

    def test_leave_a_silent_model_out_of_the_event_and_add_no_event_when_all_are(self):
        self.assertEqual({"lgbm", "nhits", "xgb"}, set(window(1, random.Random(), patchtst="silent")[0]))
        self.assertEqual([{}], window(1, random.Random(), **{"*": "silent"}))

    def test_write_a_nan_as_the_bare_token(self):
        self.assertIn('"confidence": NaN', json.dumps(window(1, random.Random(), patchtst="nan")))

    def test_change_with_their_file_and_outlive_a_broken_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "behaviour.json")
            file = engine.BehaviourFile(str(path))
            for text, expected in [
                (None, "healthy"),
                ('{"patchtst": "flat"}', "flat"),
                ('{"patchtst": "fl', "flat"),
                ('{"patchtst": "dance"}', "flat"),
                ('{"*": "nan"}', "nan"),
                (None, "healthy"),
            ]:
                path.unlink(missing_ok=True)
                if text is not None:
                    path.write_text(text)
                file.refresh()
                self.assertEqual(expected, file.of("patchtst").name, text)

    def test_crash_only_an_engine_that_loads_the_model(self):
        crash = behaviours(patchtst="crash")
        engine.act_at_start(weights(xgb=1.0, patchtst=0.0), crash)
        with self.assertRaisesRegex(engine.EngineError, "patchtst"):
            engine.act_at_start(weights(xgb=0.9, patchtst=0.1), crash)


def weights(**shares_of):
    return engine.Weights("/weights.json", "0" * 64, shares_of)


class Events(unittest.TestCase):
    def test_follow_the_weights(self):
        votes = {"xgb": {"action": "BUY", "confidence": 0.8}, "patchtst": {"action": "SELL", "confidence": 0.6}}
        self.assertEqual(("BUY", 0.8), weights(xgb=0.9, patchtst=0.1).decide(votes))
        self.assertEqual("SELL", weights(xgb=0.4, patchtst=0.6).decide(votes)[0])

    def test_name_the_sha256_of_the_weights_file_and_have_a_usual_size(self):
        loaded = engine.Weights.load(str(HERE / "baseline_model_weights.json"))
        rng = random.Random(1)
        market = engine.Market(rng, {"BTCUSDT": 94250.0})
        now = engine.datetime(2026, 1, 10, tzinfo=engine.timezone.utc)
        event = engine.trade_intent(loaded, window(1, rng)[0], market, now)
        self.assertEqual(loaded.digest, event["weights_digest"])
        self.assertEqual("2026-01-10T00:00:00.000Z", event["timestamp"])
        self.assertTrue(600 < len(json.dumps(event)) < 800, len(json.dumps(event)))

    def test_need_weights_that_can_be_read(self):
        with self.assertRaisesRegex(engine.EngineError, "JSON object"):
            engine.Weights.load("/nonexistent/weights.json")


class Notification(unittest.TestCase):
    def test_reaches_path_and_abstract_sockets(self):
        with tempfile.TemporaryDirectory() as folder:
            for address in f"{folder}/notify", f"@qsc-test-{os.getpid()}":
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
                    listener.bind(address.replace("@", "\0"))
                    os.environ["NOTIFY_SOCKET"] = address
                    self.addCleanup(os.environ.pop, "NOTIFY_SOCKET", None)
                    engine.notify("READY=1", "STATUS=weights_digest=ab")
                    self.assertEqual(b"READY=1\nSTATUS=weights_digest=ab", listener.recv(100))


if __name__ == "__main__":
    unittest.main()
