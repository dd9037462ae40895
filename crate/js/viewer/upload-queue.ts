/** What is still to be sent to the card. One piece of at most `budget` bytes a frame keeps the page alive. */
export interface UploadJob {
  readonly bytesPerSlice: number;
  /** Sends slices `first … first + count − 1` of the job's own data. */
  readonly send: (first: number, count: number) => void;
  readonly slices: number;
  /** Called once, when everything is sent or the job was dropped. */
  readonly done: () => void;
}

/** First in, first out; jobs marked urgent (masks, a brush stroke) pass those that are not (the scan). */
export class UploadQueue {
  private readonly urgent: UploadJob[] = [];
  private readonly usual: UploadJob[] = [];
  /** Slices of the running (first) job that are sent already. */
  private sentUrgent = 0;
  private sentUsual = 0;

  get pending(): boolean {
    return this.urgent.length > 0 || this.usual.length > 0;
  }

  push(job: UploadJob, urgent: boolean): void {
    (urgent ? this.urgent : this.usual).push(job);
  }

  /** Sends up to `budget` bytes; always at least one slice, so that huge slices get through too. */
  step(budget: number): void {
    let left = budget;
    while (this.pending && left > 0) {
      const urgent = this.urgent.length > 0;
      const queue = urgent ? this.urgent : this.usual;
      const job = queue[0];
      if (!job) return;
      const sent = urgent ? this.sentUrgent : this.sentUsual;
      const fits = Math.floor(left / job.bytesPerSlice);
      if (fits === 0 && left < budget) return;
      const count = Math.min(job.slices - sent, Math.max(1, fits));
      if (count > 0) job.send(sent, count);
      left -= count * job.bytesPerSlice;
      const finished = sent + count >= job.slices;
      if (urgent) this.sentUrgent = finished ? 0 : sent + count;
      else this.sentUsual = finished ? 0 : sent + count;
      if (finished) {
        queue.shift();
        job.done();
      }
    }
  }

  /** Drops everything that is not sent; each job's `done` is still called. */
  clear(): void {
    const dropped = [...this.urgent.splice(0), ...this.usual.splice(0)];
    this.sentUrgent = this.sentUsual = 0;
    for (const job of dropped) job.done();
  }
}
