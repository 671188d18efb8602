package dev.enclave.cli.session;

import dev.enclave.cli.text.PrintableStream;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.ProcessUser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads input files whole and writes output files atomically; {@code -} is a standard stream. */
public final class FileAccess {

  /** Messages are held in memory; larger ones are hashed outside and signed with --prehashed. */
  private static final int LARGEST = 256 * 1024 * 1024;

  private static final int TEMPORARY_NAMES = 1000;
  private static final int MOST_LINKS = 40;
  private static final FileChecks CHECKS = new FileChecks(new ProcessUser());

  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private static final String STANDARD_STREAM = "-";

  private final CommandContext context;
  private final PrintStream standardOutput;

  /**
   * @param standardOutput takes bytes as they are
   */
  FileAccess(CommandContext context, PrintStream standardOutput) {
    this.context = context;
    this.standardOutput = standardOutput;
  }

  /** The path a user typed, relative to the working directory. */
  public Path path(String typed) {
    try {
      return context.workingDirectory().resolve(typed);
    } catch (InvalidPathException e) {
      throw unusable(Texts.FILE_NAME_NOT_POSSIBLE.with(Quoted.of(typed)));
    }
  }

  /** The content of a file of at most 256 MiB. */
  public byte[] read(String typed) {
    if (typed.equals(STANDARD_STREAM)) {
      try {
        return readLimited(typed, context.in());
      } catch (IOException e) {
        throw unusable(Texts.STANDARD_INPUT_UNREADABLE.with(reason(e)));
      }
    }
    Path file = path(typed);
    if (Files.isDirectory(file)) {
      throw unusable(Texts.FILE_IS_DIRECTORY.with(Quoted.of(typed)));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return readLimited(typed, in);
    } catch (IOException e) {
      throw unusable(Texts.FILE_UNREADABLE.with(Quoted.of(typed), reason(e)));
    }
  }

  /** What {@code work} finds in a file of any length. */
  public <T> T reading(String typed, Function<InputStream, T> work) {
    if (typed.equals(STANDARD_STREAM)) {
      return work.apply(context.in());
    }
    Path file = path(typed);
    if (Files.isDirectory(file)) {
      throw unusable(Texts.FILE_IS_DIRECTORY.with(Quoted.of(typed)));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return work.apply(in);
    } catch (IOException e) {
      throw unusable(Texts.FILE_UNREADABLE.with(Quoted.of(typed), reason(e)));
    }
  }

  /** The content of a file of UTF-8; what is not becomes U+FFFD. */
  public String text(String typed) {
    return new String(read(typed), StandardCharsets.UTF_8);
  }

  private static byte[] readLimited(String typed, InputStream in) throws IOException {
    byte[] content = in.readNBytes(LARGEST + 1);
    if (content.length > LARGEST) {
      throw unusable(Texts.FILE_TOO_LARGE.with(Quoted.of(typed)));
    }
    return content;
  }

  /**
   * Standard output for text in UTF-8 that other programs read. What a terminal would act on is
   * escaped, as JSON escapes it.
   */
  public PrintStream textOut() {
    return PrintableStream.over(new PrintStream(standardOutput, false, StandardCharsets.UTF_8));
  }

  /** As {@link #write(String, byte[])}, in UTF-8; on standard output by {@link #textOut}. */
  public void write(String typed, String text) {
    if (typed.equals(STANDARD_STREAM)) {
      PrintStream out = textOut();
      out.print(text);
      out.flush();
    } else {
      write(typed, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Replaces the file by {@code content}, all or nothing; standard output takes it as it is. */
  public void write(String typed, byte[] content) {
    write(typed, content, new FileAttribute<?>[0]);
  }

  /** As {@link #write}, readable by the user alone. */
  public void writePrivate(String typed, byte[] content) {
    boolean posix =
        context.workingDirectory().getFileSystem().supportedFileAttributeViews().contains("posix");
    write(
        typed,
        content,
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0]);
  }

  private void write(String typed, byte[] content, FileAttribute<?>[] attributes) {
    if (typed.equals(STANDARD_STREAM)) {
      standardOutput.write(content, 0, content.length);
      standardOutput.flush();
      return;
    }
    Path file = path(typed);
    if (Files.isDirectory(file)) {
      throw unusable(Texts.OUTPUT_IS_DIRECTORY.with(Quoted.of(typed)));
    }
    try {
      Optional<Path> there = ownTarget(typed, file);
      if (there.isPresent() && !Files.isRegularFile(there.get(), LinkOption.NOFOLLOW_LINKS)) {
        // A device or pipe is written to; renaming over it would remove it.
        try (OutputStream out = Files.newOutputStream(there.get(), StandardOpenOption.WRITE)) {
          out.write(content);
        }
      } else {
        replace(there.orElse(file), content, attributes);
      }
    } catch (IOException e) {
      throw unusable(Texts.FILE_UNWRITABLE.with(Quoted.of(typed), reason(e)));
    }
  }

  /**
   * What lies there, links followed; none if nothing does. Somebody who guessed the name, in a
   * folder that all may write to, must not lead the output elsewhere, nor read it from a pipe.
   */
  private static Optional<Path> ownTarget(String typed, Path file) throws IOException {
    Path next = file;
    for (int links = 0; links < MOST_LINKS; links++) {
      if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        // The last link leads to nothing, or to what has no name, such as an open pipe.
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
      }
      if (Files.isRegularFile(next, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(next.toRealPath());
      }
      Optional<String> stranger = CHECKS.stranger(next);
      if (stranger.isPresent()) {
        throw unusable(Texts.OUTPUT_OF_STRANGER.with(Quoted.of(typed), Quoted.of(stranger.get())));
      }
      if (!Files.isSymbolicLink(next)) {
        return Optional.of(next);
      }
      next = next.resolveSibling(Files.readSymbolicLink(next));
    }
    throw new FileSystemException(file.toString(), null, "too many links");
  }

  private static void replace(Path file, byte[] content, FileAttribute<?>[] attributes)
      throws IOException {
    Path temporary = temporaryBeside(file);
    // By the one handle that made it: under its name there may be another file later.
    SeekableByteChannel made = Files.newByteChannel(temporary, NEW, attributes);
    try {
      try (made) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          made.write(left);
        }
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Path temporaryBeside(Path file) {
    int i = 0;
    while (Files.exists(temporaryName(file, i), LinkOption.NOFOLLOW_LINKS) && i < TEMPORARY_NAMES) {
      i++;
    }
    return temporaryName(file, i);
  }

  private static Path temporaryName(Path file, int i) {
    return file.resolveSibling(".enclave-out-" + i + ".tmp");
  }

  /** Refuses an output that would replace an input. */
  public void requireDistinct(String input, String output) {
    if (input.equals(STANDARD_STREAM) || output.equals(STANDARD_STREAM)) {
      return;
    }
    try {
      if (Files.exists(path(output)) && Files.isSameFile(path(input), path(output))) {
        throw Texts.OUTPUT_REPLACES_INPUT.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(output));
      }
    } catch (IOException e) {
      throw unusable(Texts.FILE_UNREADABLE.with(Quoted.of(input), reason(e)));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return Texts.NO_SUCH_FILE.with();
    } else if (e instanceof AccessDeniedException) {
      return Texts.PERMISSION_DENIED.with();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Text.printable(message);
  }

  private static UsageException unusable(String message) {
    return new UsageException(ErrorCode.FILE_UNREADABLE, message);
  }
}
