package dev.enclave.core.internal.key;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine works beside calls: a virtual thread each where the JVM has them, else daemon
 * threads. Made when first asked for. Thread-safe.
 */
public final class AsyncExecutor implements Executor {

  private @Nullable ExecutorService executor;
  private boolean closed;

  @Override
  public void execute(Runnable task) {
    get().execute(task);
  }

  synchronized Executor get() {
    ExecutorService made = executor;
    if (made == null) {
      made = newExecutor();
      executor = made;
      if (closed) {
        made.shutdown();
      }
    }
    return made;
  }

  /** Takes no more tasks, also if it was never asked for before. Idempotent. */
  public synchronized void close() {
    closed = true;
    if (executor != null) {
      executor.shutdown();
    }
  }

  /**
   * Java 17 has no name for the method, so it is looked up by a public, typed handle; docs/adr/0003
   * says why.
   */
  private static ExecutorService newExecutor() {
    try {
      MethodHandle perTask =
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class));
      return (ExecutorService) perTask.invokeExact();
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return daemonThreads();
    } catch (Throwable e) {
      throw new IllegalStateException(
          "virtual threads cannot be started: " + e.getClass().getName());
    }
  }

  private static ExecutorService daemonThreads() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "enclave-async");
          thread.setDaemon(true);
          return thread;
        });
  }
}
