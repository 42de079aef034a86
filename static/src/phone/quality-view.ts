import type { QualityStrip } from '../elements/quality-strip.ts';
import { byId } from './dom.ts';
import type { Line } from './line.ts';
import { type Grade, browserLine, toGrade, trunkLine } from './quality.ts';

const WORDS: Readonly<Record<Grade, string>> = { good: 'Good', fair: 'Fair', poor: 'Poor', unknown: 'Measuring' };

/** How the call that is looked at sounds: its last minute as a picture, and the latest figures. */
export class QualityView {
  readonly #strip = byId<QualityStrip>('strip');
  #line: Line | undefined;
  #off: (() => void) | undefined;

  /** Shows `line`, or nothing. */
  show(line: Line | undefined): void {
    if (line === this.#line) return;
    this.#off?.();
    this.#line = line;
    this.#off = line?.on('measured', () => this.#measured(line));
    byId('quality-card').hidden = line === undefined;
    if (line) this.#measured(line);
  }

  #measured({ samples }: Line): void {
    const last = samples.at(-1);
    const grade = last ? toGrade(last) : 'unknown';
    this.#strip.readings = samples;
    byId('grade').dataset.grade = grade;
    byId('grade').textContent = WORDS[grade];
    byId('quality-browser').textContent = last ? browserLine(last) : 'measuring';
    byId('quality-trunk').textContent = trunkLine(last?.gateway?.trunk);
  }
}
