// SPDX-License-Identifier: GPL-2.0
/*
 * Why a TCP connection closes.
 *
 * The kernel does not keep it, but leaves traces: what ends a connection that
 * nobody has closed sets sk_err first, a FIN goes through states of its own, and
 * what the process does runs with softirqs on.  sk_err alone does not do, as
 * others leave errors there without an end: IP_RECVERR, TLS, sockmap.
 */
#include "kernel/close.h"

#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#define TPW_NAME_CLOSE(id, name, meaning)	[TPW_CLOSE_##id] = name,

const char *const tpw_close_names[] = { TPW_CLOSE_NAMES(TPW_NAME_CLOSE) };

/*
 * A timer gave up, and has put the last ICMP error in place of ETIMEDOUT; or ICMP
 * ended a handshake.
 */
static bool is_by_icmp(const struct sock *sk, int from, int err)
{
	return from == TCP_SYN_SENT || from == TCP_SYN_RECV ||
	       err == READ_ONCE(sk->sk_err_soft);
}

/* tcp_reset() sets these two, by state.  Data after close() calls it too. */
static bool is_by_reset(int from, int err)
{
	return err == (from == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET);
}

/* Timers, ICMP and tcp_abort() have BH off. */
static enum tpw_close of_error(const struct sock *sk, int from, int err)
{
	if (from == TCP_SYN_SENT && err == ECONNREFUSED)
		return TPW_CLOSE_REFUSED;
	if (is_by_reset(from, err))
		return TPW_CLOSE_RESET_BY_PEER;
	if (!in_softirq())
		return TPW_CLOSE_UNKNOWN;
	switch (err) {
	case ECONNABORTED:
		return TPW_CLOSE_ABORTED;
	case ETIMEDOUT:
		return TPW_CLOSE_TIMED_OUT;
	case EACCES:
	case ECONNREFUSED:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENONET:
	case ENOPROTOOPT:
		return is_by_icmp(sk, from, err) ? TPW_CLOSE_UNREACHABLE :
						   TPW_CLOSE_UNKNOWN;
	default:
		return TPW_CLOSE_UNKNOWN;
	}
}

/* It has no file yet, and none has been taken from it. */
static bool is_unaccepted(const struct sock *sk)
{
	return !sk->sk_socket && !sock_flag(sk, SOCK_DEAD);
}

/**
 * tpw_close_reason() - why the state of a connection becomes CLOSE
 * @sk: its socket, while it is set
 * @from: the state before, not LISTEN
 *
 * Two are to be confirmed: TPW_CLOSE_LISTENER by who knows whether its listener is
 * being closed, and TPW_CLOSE_RESET_BY_PEER by who knows that no RST was sent, if
 * nothing was to be received any more.
 *
 * Context: any, its caller has locked @sk.
 * Return: enum tpw_close.
 */
enum tpw_close tpw_close_reason(const struct sock *sk, int from)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	int err = READ_ONCE(sk->sk_err);

	/* The ACK of our FIN has come. */
	if (from == TCP_LAST_ACK && tp->snd_una == tp->write_seq)
		return TPW_CLOSE_CLOSED_BY_PEER;
	if (err)
		return of_error(sk, from, err);
	if (is_unaccepted(sk))
		return TPW_CLOSE_LISTENER;
	/* Neither connect() that fails nor connect(AF_UNSPEC) shuts it down. */
	if (from == TCP_SYN_SENT && READ_ONCE(sk->sk_shutdown) == SHUTDOWN_MASK)
		return TPW_CLOSE_CLOSED_BY_US;
	return TPW_CLOSE_UNKNOWN;
}

/**
 * tpw_close_time_wait() - why a connection becomes a TIME_WAIT
 * @sk: its socket, in the state before
 *
 * Context: any, its caller has locked @sk.
 * Return: enum tpw_close.
 */
enum tpw_close tpw_close_time_wait(const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_FIN_WAIT2:
		return TPW_CLOSE_CLOSED_BY_US;
	case TCP_CLOSING:
		return TPW_CLOSE_CLOSED_BY_BOTH;
	default:
		return TPW_CLOSE_UNKNOWN;
	}
}
