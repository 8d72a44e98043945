"""The documented fields of Gradescope's results.json, and a check of them (its "Autograder Specifications")."""

NUMBER = (int, float)
RESULTS = {
    "score": NUMBER, "execution_time": NUMBER, "output": str, "output_format": str, "visibility": str,
    "stdout_visibility": str, "extra_data": dict, "tests": list, "leaderboard": list, "test_output_format": str,
    "test_name_format": str,
}  # fmt: skip
TEST = {
    "score": NUMBER, "max_score": NUMBER, "status": str, "name": str, "name_format": str, "number": str,
    "output": str, "output_format": str, "tags": list, "visibility": str, "extra_data": dict,
}  # fmt: skip
VISIBILITY = ("hidden", "after_due_date", "after_published", "visible")


def check_schema(results):
    """Raise AssertionError if a field is not documented, or holds what it must not."""
    assert {"score", "tests"} <= results.keys() <= RESULTS.keys()
    assert all(isinstance(value, RESULTS[name]) for name, value in results.items())
    for test in results["tests"]:
        assert test.keys() <= TEST.keys()
        assert all(isinstance(value, TEST[name]) for name, value in test.items())
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in VISIBILITY
        assert 0 <= test["score"] <= test["max_score"]
