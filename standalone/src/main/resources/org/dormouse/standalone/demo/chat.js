// A chat over one WebSocket for each room, opened again when it is lost: no library.
'use strict';

const at = id => document.getElementById(id);
const rooms = [...document.querySelectorAll('nav a[href^="#"]')];
const SHOWN = 200;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10000;

let socket = null;
let timer = 0;
let pause = FIRST_PAUSE;
let room = '';
let me = sessionStorage.getItem('name') || '';

function item(text, kind) {
  const made = document.createElement('li');
  made.className = kind;
  made.append(text);
  return made;
}

function show(kind, text, from) {
  const made = item(text, kind);
  if (from) {
    const name = document.createElement('b');
    name.textContent = from;
    made.prepend(name);
  }
  const list = at('messages');
  list.append(made);
  while (list.childElementCount > SHOWN) list.firstElementChild.remove();
  list.scrollTop = list.scrollHeight;
}

function showPeople(names) {
  at('count').textContent = names.length;
  at('people').replaceChildren(...names.map(name => item(name, name === me ? 'me' : '')));
}

function tell(text, isLost) {
  at('status').textContent = text;
  at('status').classList.toggle('lost', isLost);
  at('send').disabled = isLost;
}

function hear(message) {
  if (message.you) {
    me = message.you;
    at('name').value = me;
    tell('Connected as ' + me, false);
  }
  if (message.people) showPeople(message.people);
  if (message.note) show('note', message.note);
  if (message.text) show(message.from === me ? 'mine' : 'theirs', message.text, message.from);
}

function open() {
  clearTimeout(timer);
  const url = new URL('chat/' + room, new URL('.', location.href));
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  if (me) url.searchParams.set('name', me);
  const opened = socket = new WebSocket(url);
  opened.onopen = () => pause = FIRST_PAUSE;
  opened.onmessage = event => {
    if (opened === socket) hear(JSON.parse(event.data));
  };
  opened.onclose = event => {
    if (opened !== socket) return; // another room, or another name
    socket = null;
    showPeople([]);
    const why = event.reason ? ' (' + event.reason + ')' : '';
    tell('Not connected' + why + '; trying again in ' + (pause / 1000).toFixed(1) + ' s', true);
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2)); // not all of them at once
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
}

function reopen() {
  const before = socket;
  socket = null;
  if (before) before.close(1000);
  showPeople([]);
  tell('Connecting …', true);
  open();
}

function enter() {
  const asked = location.hash.slice(1);
  const link = rooms.find(each => each.hash === '#' + asked) || rooms[0];
  room = link.hash.slice(1);
  for (const each of rooms) each.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'page');
  at('room-title').textContent = link.textContent;
  at('messages').replaceChildren();
  reopen();
}

at('say').addEventListener('submit', event => {
  event.preventDefault();
  const text = at('text').value.trim();
  if (!text || !socket || socket.readyState !== WebSocket.OPEN) return;
  socket.send(text);
  at('text').value = '';
});

at('rename').addEventListener('submit', event => {
  event.preventDefault();
  me = at('name').value.trim();
  sessionStorage.setItem('name', me);
  reopen();
});

window.addEventListener('hashchange', enter);
window.addEventListener('online', () => {
  if (!socket) open();
});
enter();
