"""What no client could beat under the same rules: computed from what the server did, not guessed."""
import heapq


def bucket_bound(requests, capacity, refill):
    """Seconds until a bucket that was full has let `requests` through: the first `capacity` at once."""
    return max(0.0, (requests - capacity) / refill)


def schedule_bound(records, concurrency):
    """Seconds of a client that loses no time: the requests that were made, each as long as the server took for it, a
    project's own one after another, projects in the order in which they began, with the slow start (1 in play, then
    twice as many each time as many have ended) and never more than `concurrency`. What came before the first project
    and after the last was made one by one, and counts as it is."""
    chains, before, after, began = {}, 0.0, 0.0, False
    for path, _, arrived, answered, _ in sorted(records, key=lambda record: record[2]):
        if path.endswith("/encryptionAtRest"):
            chains.setdefault(path, []).append(answered - arrived)
            began, after = True, 0.0
        elif began:
            after += answered - arrived
        else:
            before += answered - arrived
    return before + play([sum(chain) for chain in chains.values()], concurrency) + after


def play(lengths, concurrency):
    now, limit, clean, waiting, busy = 0.0, 1, 0, list(reversed(lengths)), []
    while waiting or busy:
        while waiting and len(busy) < min(limit, concurrency):
            heapq.heappush(busy, now + waiting.pop())
        now = heapq.heappop(busy)
        clean += 1
        if clean >= limit:
            clean, limit = 0, 2 * limit
    return now
