/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The replay: which moment it is, and what moves it on.
 */
'use strict';

/* From there on a segment is shown where it ends, not on its way. */
const WALK_SPEED_MAX = 2;

class Player {
	constructor(data, sockets, moments) {
		this.sockets = sockets;
		this.moments = moments;
		this.index = 0;
		this.boxes = new Boxes(byId('boxes'), sockets.segments, moments);
		this.present = new Present(byId('present'), sockets);
		this.lanes = new Lanes(byId('lanes'), moments, [...sockets.flows.values()], (index) => this.go(index));
		this.buildControls();
		this.boxes.drawSigns();
		drawLegend(byId('legend'));
		onColours(() => this.boxes.drawSigns());
		addEventListener('resize', () => this.draw(Infinity));
		this.go(0);
	}

	buildControls() {
		const on = (id, event, what) => byId(id).addEventListener(event, what);

		on('first', 'click', () => this.go(0));
		on('back', 'click', () => this.go(this.index - 1));
		on('forward', 'click', () => this.go(this.index + 1));
		on('last', 'click', () => this.go(this.moments.length - 1));
		on('play', 'click', () => this.toggle());
		on('slider', 'input', () => this.go(Number(byId('slider').value)));
		on('jump', 'change', () => this.goSegment(Number(byId('jump').value)));
		on('scale', 'change', () => this.lanes.setScale(byId('scale').value === 'time'));
		on('lanes', 'keydown', (event) => this.key(event));
		byId('slider').max = this.moments.length - 1;
		byId('jump').max = this.sockets.segments.length;
		byId('of').textContent = `of ${this.sockets.segments.length.toLocaleString('en')}`;
	}

	/* Returns whether the key is one of the replay's. */
	key(event) {
		const actions = {
			' ': () => this.toggle(), ArrowLeft: () => this.go(this.index - 1), ArrowRight: () => this.go(this.index + 1),
			Home: () => this.go(0), End: () => this.go(this.moments.length - 1),
		};

		if (!Object.hasOwn(actions, event.key) || event.altKey || event.ctrlKey || event.metaKey)
			return;
		actions[event.key]();
		event.preventDefault();
		event.stopPropagation();
	}

	go(index) {
		this.pause();
		this.set(index);
	}

	/* By the number of a segment; out of range is the nearest. */
	goSegment(number) {
		const segments = this.sockets.segments;
		const segment = segments[Math.max(1, Math.min(segments.length, Math.round(number) || 1)) - 1];

		this.go(segment.moment);
	}

	set(index) {
		this.index = Math.max(0, Math.min(this.moments.length - 1, index));
		this.draw(Infinity);
	}

	draw(step) {
		const moment = this.moments[this.index];

		this.boxes.draw(moment, step);
		this.present.draw(moment);
		this.lanes.show(this.index);
		byId('slider').value = this.index;
		byId('slider').setAttribute('aria-valuetext', `step ${this.index + 1} of ${this.moments.length}`);
		if (moment.segment)
			byId('jump').value = moment.segment.number;
		this.say(moment);
	}

	say(moment) {
		const time = moment.segment ? clockOf(moment.segment.time) : '';
		const title = moment.segment ? `Segment ${moment.segment.number}` : capital(moment.kind);

		refill(byId('sentence'), element('b', {}, `${title}${time ? `, ${time} UTC` : ''}. `), momentSentence(moment, this.sockets));
	}

	toggle() {
		if (this.timer)
			this.pause();
		else
			this.play();
	}

	/* A screen reader is not told of each step then: it could not keep up. */
	play() {
		if (this.index >= this.moments.length - 1)
			this.set(0);
		byId('play').textContent = 'Pause';
		byId('play').setAttribute('aria-pressed', 'true');
		byId('sentence').setAttribute('aria-live', 'off');
		this.dueMs = performance.now();
		this.walk(0);
	}

	/* Until the next step is due, however long this one has taken */
	waitMs(stepMs) {
		const nowMs = performance.now();

		this.dueMs = Math.max(nowMs, this.dueMs + stepMs);
		return this.dueMs - nowMs;
	}

	pause() {
		clearTimeout(this.timer);
		this.timer = 0;
		byId('play').textContent = 'Play';
		byId('play').setAttribute('aria-pressed', 'false');
		byId('sentence').setAttribute('aria-live', 'polite');
	}

	/* Box by box if there is time for that, then on to the next moment */
	walk(step) {
		const speed = Number(byId('speed').value), moment = this.moments[this.index];
		const steps = speed <= WALK_SPEED_MAX ? this.boxes.steps(moment) : 1;

		if (step === 0)
			this.draw(steps > 1 ? 0 : Infinity);
		else
			this.boxes.draw(moment, step);
		this.timer = setTimeout(() => {
			if (step + 1 < steps)
				this.walk(step + 1);
			else
				this.next();
		}, this.waitMs(1000 / speed / steps));
	}

	next() {
		if (this.index >= this.moments.length - 1) {
			this.pause();
			return;
		}
		this.index++;
		this.walk(0);
	}
}
