// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits adds himself and then looks; who publishes does so and then looks for who waits. Both
 * at the same moment, again and again: one of them sees the other. This is the only one of the
 * module's orders that x86 does not keep by itself. Every other time there is nothing to come any
 * more, instead of something.
 */
#include "threads.h"

#include "store/waiters.h"

static struct tpw_waiters waiters;
static u64 value;
static u64 turn[2];		/* which each has begun */
static u64 done;		/* which the one that publishes has ended */
static bool was_poked;
static u64 saw_nr, woken_nr;

/* In place of waking anybody. */
static void note(struct irq_work *work)
{
	was_poked = true;
}

/* For a while by looking, as whoever gives his core away is not there at the same moment. */
static void wait_for(const u64 *of, u64 i)
{
	unsigned int n;

	for (n = 0; get(*of) < i; n++)
		if (n > 20000)
			sched_yield();
}

/* Both go on at once; then each takes some time, so that either may be the first. */
static void meet(int me, u64 i, u32 linger)
{
	u32 n;

	put(turn[me], i);
	wait_for(&turn[!me], i);
	for (n = random_below(linger); n; n--)
		barrier();
}

static void publish_all(void)
{
	u64 i;

	for (i = 1; i <= rounds; i++) {
		meet(0, i, 64);
		if (i % 2) {
			WRITE_ONCE(value, i);
			tpw_waiters_poke(&waiters);
		} else {
			tpw_waiters_finish(&waiters);
		}
		put(done, i);
	}
}

static void look_all(void)
{
	struct wait_queue_entry wait = {};
	bool saw, is_woken;
	u32 linger = 512;
	u64 i;

	for (i = 1; i <= rounds; i++) {
		meet(1, i, linger);
		tpw_waiters_add(&waiters, &wait);
		saw = i % 2 ? READ_ONCE(value) == i : READ_ONCE(waiters.is_over);
		wait_for(&done, i);
		is_woken = i % 2 ? was_poked : get(wait.woken);
		if (!saw && !is_woken)
			die("round %llu: he sleeps, and nobody wakes him", i);
		/* So that each is the first as often as the other, however fast they are. */
		linger = clamp_t(u32, linger + (saw ? -1 : 1), 8, 4096);
		saw_nr += saw;
		woken_nr += is_woken;
		remove_wait_queue(&waiters.queue, &wait);
		wait.woken = 0;
		waiters.is_due = false;
		waiters.is_over = false;
		was_poked = false;
	}
}

void look_main(void)
{
	static const struct thread threads[] = { { publish_all, 0 }, { look_all, 1 } };

	tpw_waiters_init(&waiters);
	init_irq_work(&waiters.poke, note);
	run_all(threads, ARRAY_SIZE(threads));
	printf("%lu rounds: %llu times he saw it, %llu times he was woken, never neither\n", rounds,
	       saw_nr, woken_nr);
	tpw_waiters_exit(&waiters);
}
