import type { View } from './view.js';

/** Whoever shows the demo to somebody: a live picture, or a line now and then. */
export interface Reporter {
  /** How it stands now. Called several times a second. */
  show(view: View): void;
  /** Something worth remembering happened. */
  note(text: string): void;
  /** Leaves the terminal as it was. */
  end(): void;
}
