import type { WriteStream } from 'node:tty';
import { drawFrame } from './frame.js';
import type { Reporter } from './reporter.js';
import type { Style } from './style.js';
import type { View } from './view.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';
const up = (lines: number) => (lines > 0 ? `\u001b[${lines}A` : '');

/** Draws the picture over itself, in place. */
export function createLiveReporter(terminal: WriteStream, style: Style): Reporter {
  let drawnLines = 0;
  const restore = () => void terminal.write(SHOW_CURSOR);
  terminal.write(HIDE_CURSOR);
  process.once('exit', restore);
  // After a resize nobody knows where the lines of the last picture ended up.
  const onResize = () => {
    terminal.write(`${up(drawnLines)}\r${CLEAR_BELOW}`);
    drawnLines = 0;
  };
  terminal.on('resize', onResize);
  return {
    show(view: View) {
      const lines = drawFrame(view, terminal.columns, style).slice(0, terminal.rows - 1);
      terminal.write(`${up(drawnLines)}\r${lines.map((line) => `${CLEAR_LINE}${line}\n`).join('')}`);
      drawnLines = lines.length;
    },
    // The picture tells what is going on.
    note: () => undefined,
    end() {
      terminal.write(`${up(drawnLines)}\r${CLEAR_BELOW}`);
      drawnLines = 0;
      terminal.off('resize', onResize);
      process.off('exit', restore);
      restore();
    },
  };
}
