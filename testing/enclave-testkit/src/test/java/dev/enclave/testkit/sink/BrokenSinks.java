package dev.enclave.testkit.sink;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Sinks with one mistake each. */
final class BrokenSinks {

  private static final int ROOM = 16;

  private BrokenSinks() {}

  /** A queue before a list, which takes what is in it unless it is told to wait or to fail. */
  static class Sink implements AuditSink, AuditSinkUnderTest {

    final List<String> place = new ArrayList<>();
    final Deque<AuditEvent> queue = new ArrayDeque<>();
    boolean fails;
    boolean holds;
    boolean closed;

    /** Whether the sink then does as it should; a broken one may do something of its own. */
    boolean before(AuditEvent event) throws IOException {
      return true;
    }

    @Override
    public synchronized void append(AuditEvent event, Durability durability) throws IOException {
      if (!before(event)) {
        return;
      }
      if (closed) {
        throw new IOException("closed");
      }
      if (fails) {
        throw new IOException("the place takes nothing");
      }
      boolean interrupted = false;
      while (queue.size() >= ROOM) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      queue.add(event);
      drain();
    }

    void drain() {
      while (!holds && !queue.isEmpty()) {
        place.add(queue.remove().toString());
      }
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      drain();
    }

    @Override
    public AuditSink sink() {
      return this;
    }

    @Override
    public synchronized List<String> written() {
      return List.copyOf(place);
    }

    @Override
    public synchronized void failing(boolean wanted) {
      fails = wanted;
    }

    @Override
    public synchronized void holding(boolean wanted) {
      holds = wanted;
      drain();
      notifyAll();
    }
  }

  /** The contract for one of them. */
  interface Contract extends FailingAuditSinkContract, WaitingAuditSinkContract {

    @Override
    default int room() {
      return ROOM;
    }
  }

  static final class Unbroken implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink();
    }
  }

  static final class DropsSome implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        private int count;

        @Override
        boolean before(AuditEvent event) {
          return ++count % 100 != 0;
        }
      };
    }
  }

  static final class Reorders implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        private int count;

        @Override
        void drain() {
          if (!holds && queue.size() == 1 && ++count % 5 == 0 && place.size() > 1) {
            place.add(place.size() - 1, queue.remove().toString());
          }
          super.drain();
        }
      };
    }
  }

  static final class WritesAfterRefusing implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) {
          if (fails) {
            queue.add(event);
          }
          return true;
        }
      };
    }
  }

  static final class SwallowsFailures implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) {
          return !fails;
        }
      };
    }
  }

  static final class AcceptsOnceClosed implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) {
          return !closed;
        }
      };
    }
  }

  static final class ClosesOnce implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        public synchronized void close() throws IOException {
          if (closed) {
            throw new IOException("closed already");
          }
          super.close();
        }
      };
    }
  }

  static final class ForgetsTheInterrupt implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) throws IOException {
          if (Thread.interrupted()) {
            throw new InterruptedIOException();
          }
          return true;
        }
      };
    }
  }

  static final class SplitsLines implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        public synchronized List<String> written() {
          return super.written().stream().flatMap(String::lines).toList();
        }
      };
    }
  }

  static final class BuffersWhatMustBeDurable implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        void drain() {
          if (closed || queue.size() >= ROOM) {
            super.drain();
          }
        }
      };
    }
  }

  static final class LosesItsQueueOnClosing implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        public synchronized void append(AuditEvent event, Durability durability)
            throws IOException {
          boolean before = holds;
          holds |= durability == Durability.BUFFERED && queue.size() < ROOM - 1;
          super.append(event, durability);
          holds = before;
        }

        @Override
        public synchronized void close() throws IOException {
          queue.clear();
          super.close();
        }
      };
    }
  }

  static final class DropsWhenFull implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) {
          return queue.size() < ROOM;
        }
      };
    }
  }

  static final class GrowsWithoutBound implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        boolean before(AuditEvent event) {
          if (queue.size() < ROOM) {
            return true;
          }
          queue.add(event);
          return false;
        }
      };
    }
  }

  static final class CutsLongTexts implements Contract {
    @Override
    public AuditSinkUnderTest openSink() {
      return new Sink() {
        @Override
        public synchronized List<String> written() {
          return super.written().stream()
              .flatMap(text -> Stream.of(text.split("(?<=\\G.{5000})")))
              .toList();
        }
      };
    }
  }
}
