package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditSink.Durability;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A log opened by another copy of this library in the same JVM, as a second web application has it:
 * none of its classes are those of this one. A number is appended; a negative one closes the log.
 */
final class SecondCopy implements AutoCloseable {

  private final URLClassLoader loader;
  private final IntConsumer log;

  private SecondCopy(URLClassLoader loader, IntConsumer log) {
    this.loader = loader;
    this.log = log;
  }

  static SecondCopy open(Path directory) throws Exception {
    URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    Object opened =
        loader
            .loadClass(Opened.class.getName())
            .getDeclaredConstructor(String.class)
            .newInstance(directory.toString());
    return new SecondCopy(loader, (IntConsumer) opened);
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> entries = new ArrayList<>();
    StringTokenizer paths =
        new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
    while (paths.hasMoreTokens()) {
      entries.add(Path.of(paths.nextToken()).toUri().toURL());
    }
    return entries.toArray(URL[]::new);
  }

  void append(int number) {
    log.accept(number);
  }

  /** The number of the lane it writes now. */
  int lane() {
    return ((Supplier<?>) log).get() instanceof Integer lane ? lane : -1;
  }

  @Override
  public void close() throws IOException {
    log.accept(-1);
    loader.close();
  }

  /** What the other copy has. Only classes of the platform pass between the two. */
  public static final class Opened implements IntConsumer, Supplier<Integer> {

    private final FileAuditSink sink;

    public Opened(String directory) throws IOException {
      this.sink = FileAuditSink.open(Path.of(directory));
    }

    @Override
    public void accept(int number) {
      try {
        if (number < 0) {
          sink.close();
        } else {
          sink.append(Events.numbered(number), Durability.DURABLE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Integer get() {
      return sink.lane();
    }
  }
}
