// The page of the demonstration: no library, no request to anywhere but this server.
'use strict';

const at = id => document.getElementById(id);
const here = new URL('.', location.href);

function duration(millis) {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 90) return seconds + ' s';
  if (seconds < 5400) return Math.floor(seconds / 60) + ' min';
  return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds / 60) % 60 + ' min';
}

// --- facts: one servlet, asked by fetch

let startedAt = 0;

async function askForFacts() {
  const facts = await (await fetch(new URL('api/facts', here))).json();
  startedAt = Date.now() - facts.uptimeMillis;
  at('execution').textContent = facts.execution;
  at('loops').textContent = facts.loops;
  at('java').textContent = facts.java.split('+')[0];
  const rows = [
    ['Server', facts.server],
    ['Thread', facts.requestThread],
    ['Virtual', facts.requestThreadIsVirtual ? 'yes, one for this request alone' : 'no', facts.requestThreadIsVirtual],
    ['Execution', facts.execution + ', ' + facts.loops + ' loops on ' + facts.cores + ' cores'],
    ['Threads', facts.threads + ' platform threads in process ' + facts.process],
    ['You', facts.remote + ' over ' + facts.protocol],
    ['Session', facts.visits === 1 ? 'new: this is your first question' : 'question ' + facts.visits + ' of yours'],
    ['Answered', facts.requests.toLocaleString('en') + ' requests so far'],
    ['System', facts.system + ', Java ' + facts.java],
  ];
  at('facts').replaceChildren(...rows.flatMap(([name, value, good]) => {
    const term = document.createElement('dt');
    const definition = document.createElement('dd');
    term.textContent = name;
    definition.textContent = value;
    if (good) definition.className = 'yes';
    return [term, definition];
  }));
}

at('ask').addEventListener('click', askForFacts);
askForFacts();

// --- pulse: Server-Sent Events, drawn as they come

const SHOWN = 120;
const rates = new Array(SHOWN).fill(0);
let last = null;

function draw() {
  const top = Math.max(10, ...rates) * 1.15;
  const points = rates.map((rate, i) => (i * 600 / (SHOWN - 1)).toFixed(1) + ' ' + (128 - rate / top * 120).toFixed(1));
  at('line').setAttribute('d', 'M' + points.join('L'));
  at('area').setAttribute('d', 'M0 130L' + points.join('L') + 'L600 130Z');
}

const pulse = new EventSource(new URL('api/ticks', here));
pulse.onopen = () => {
  at('live').classList.add('on');
  at('live-text').textContent = 'awake and listening';
};
pulse.onerror = () => {
  at('live').classList.remove('on');
  at('live-text').textContent = 'asleep: the server does not answer';
  last = null;
};
pulse.onmessage = event => {
  const tick = JSON.parse(event.data);
  if (last && tick.time > last.time) {
    const rate = Math.round((tick.requests - last.requests) * 1000 / (tick.time - last.time));
    rates.shift();
    rates.push(rate);
    at('rate').textContent = rate.toLocaleString('en');
    document.body.classList.toggle('awake', rate > 50);
    draw();
  }
  last = tick;
  at('threads').textContent = tick.threads;
  at('heap').textContent = (tick.heapBytes / 1048576).toFixed(0);
  at('listeners').textContent = tick.listeners;
  at('people').textContent = tick.chatters;
  if (startedAt) at('uptime').textContent = duration(Date.now() - startedAt);
};
draw();

// --- load: a few fetches at a time, for three seconds

async function load(millis, parallel) {
  const latencies = [];
  const start = performance.now();
  const end = start + millis;
  const url = new URL('api/hello', here);
  const one = async () => {
    while (performance.now() < end) {
      const sent = performance.now();
      const response = await fetch(url, { cache: 'no-store' });
      await response.text();
      if (!response.ok) throw new Error('status ' + response.status);
      latencies.push(performance.now() - sent);
      at('load-bar').style.width = Math.min(100, (performance.now() - start) / millis * 100) + '%';
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  latencies.sort((a, b) => a - b);
  const percentile = p => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))];
  return { rate: latencies.length * 1000 / (performance.now() - start), p50: percentile(.5), p99: percentile(.99) };
}

at('run-load').addEventListener('click', async () => {
  const button = at('run-load');
  button.disabled = true;
  button.textContent = 'Sending …';
  try {
    const result = await load(3000, 4);
    at('load-rate').textContent = Math.round(result.rate).toLocaleString('en');
    at('load-p50').textContent = result.p50.toFixed(1);
    at('load-p99').textContent = result.p99.toFixed(1);
  } catch (failure) {
    at('load-rate').textContent = 'failed';
    console.error(failure);
  } finally {
    button.disabled = false;
    button.textContent = 'Send requests';
    askForFacts();
  }
});

// --- chat: a WebSocket, opened again when it was lost

let me = '';
let socket = null;

function show(kind, text, from) {
  const item = document.createElement('li');
  item.className = kind;
  if (from) {
    const name = document.createElement('b');
    name.textContent = from;
    item.append(name);
  }
  item.append(text);
  const list = at('messages');
  list.append(item);
  while (list.childElementCount > 100) list.firstElementChild.remove();
  list.scrollTop = list.scrollHeight;
}

function openChat() {
  const url = new URL('chat/nest', here);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  socket = new WebSocket(url);
  socket.onmessage = event => {
    const message = JSON.parse(event.data);
    if (message.you) {
      me = message.you;
      at('chat-text').placeholder = 'Say something as ' + me;
    } else if (message.note) {
      show('note', message.note);
    } else {
      show(message.from === me ? 'mine' : 'theirs', message.text, message.from === me ? '' : message.from);
    }
  };
  socket.onclose = () => setTimeout(openChat, 2000);
}

at('chat-form').addEventListener('submit', event => {
  event.preventDefault();
  const text = at('chat-text').value.trim();
  if (!text || !socket || socket.readyState !== WebSocket.OPEN) return;
  socket.send(text);
  at('chat-text').value = '';
});
openChat();
