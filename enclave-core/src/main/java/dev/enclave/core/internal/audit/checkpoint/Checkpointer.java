package dev.enclave.core.internal.audit.checkpoint;

import dev.enclave.core.internal.audit.file.LaneHead;

/**
 * Decides when a lane gets into a checkpoint. Used by one thread at a time, that which is writing.
 */
public interface Checkpointer extends AutoCloseable {

  /** For lanes nobody vouches for. */
  Checkpointer NONE =
      new Checkpointer() {
        @Override
        public boolean due(long size, long nanoTime) {
          return false;
        }

        @Override
        public long patience(long size, long nanoTime) {
          return 0;
        }

        @Override
        public void make(LaneHead forced, long nanoTime) {}
      };

  /** Whether a lane of this many records is to be forced and put into a checkpoint. */
  boolean due(long size, long nanoTime);

  /** In how many nanoseconds one will be due if nothing comes; 0 if none will. */
  long patience(long size, long nanoTime);

  /**
   * Has one made, and does not wait for it. A failure is its own business: it keeps no record from
   * being written.
   */
  void make(LaneHead forced, long nanoTime);

  /** Tells that what failed may succeed now. */
  default void nudge() {}

  /** Waits for what was asked for, within bounds. */
  @Override
  default void close() {}

  /** Waits no more: what is signed from now on is not written. */
  default void abandon() {}
}
