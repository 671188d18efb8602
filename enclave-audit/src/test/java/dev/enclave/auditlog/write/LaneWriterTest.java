package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.auditlog.checkpoint.CheckpointThread;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue before a lane and the thread that writes it. A hang is a failure. */
@Timeout(300)
final class LaneWriterTest {

  private static final int CAPACITY = 64;

  /** With the one that is being written. */
  private static final int FILLED = CAPACITY + 1;

  private static final Duration NEVER = Duration.ofDays(1);

  private final TestDisk disk = new TestDisk();
  private final AtomicLong nanos = new AtomicLong();
  private volatile boolean broken;
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    disk.open();
    pool.shutdownNow();
  }

  @Test
  void keepsTheOrderOfEachThread_andAllOfTheirEvents() throws Exception {
    try (LaneWriter lane = open()) {
      List<Future<Boolean>> threads = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int first = thread * 1_000_000;
        threads.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 10_000; i++) {
                    append(lane, first + i, i % 1000 == 0);
                  }
                  return true;
                }));
      }
      for (Future<Boolean> thread : threads) {
        assertThat(thread.get()).isTrue();
      }
    }

    Map<Integer, Integer> next = new HashMap<>();
    for (int number : disk.numbers()) {
      assertThat(number % 1_000_000).isEqualTo(next.getOrDefault(number / 1_000_000, 0));
      next.merge(number / 1_000_000, 1, Integer::sum);
    }
    assertThat(next).hasSize(8).containsValue(10_000);
    assertThat(next.values()).containsOnly(10_000);
  }

  @Test
  void aDurableEventCoversAllBefore_withOneForce() throws Exception {
    try (LaneWriter lane = open()) {
      for (int i = 0; i < 10; i++) {
        append(lane, i, false);
      }
      append(lane, 10, true);

      assertThat(disk.forcedNumbers()).containsExactlyElementsOf(range(0, 11));
      assertThat(disk.forces()).isEqualTo(1);
    }
  }

  @Test
  void whoWaitsWritesItself_whenNobodyElseDoes() throws Exception {
    try (LaneWriter lane = open()) {
      for (int i = 0; i < 200; i++) {
        append(lane, i, true);
      }
      assertThat(disk.numbers()).containsExactlyElementsOf(range(0, 200));
      assertThat(disk.forces()).isEqualTo(200);
      assertThat(disk.writers()).contains(Thread.currentThread().getName());
    }
  }

  @Test
  void nobodyIsForgotten_whenAFewWaitAtOnce_orMany() throws Exception {
    for (int threads : List.of(2, 3, 7, 24)) {
      TestDisk fresh = new TestDisk();
      try (LaneWriter lane = open(fresh, Optional.empty(), NEVER)) {
        List<Future<Boolean>> waiting = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          int first = thread * 1_000_000;
          waiting.add(
              later(
                  () -> {
                    for (int i = 0; i < 500; i++) {
                      append(lane, first + i, i % 7 != 0);
                    }
                  }));
        }
        for (Future<Boolean> one : waiting) {
          assertThat(one.get()).isTrue();
        }
      }
      assertThat(fresh.numbers()).hasSize(threads * 500).doesNotHaveDuplicates();
    }
  }

  /**
   * The lane's thread sleeps meanwhile, and nobody comes afterwards who would take others along.
   */
  @Tag("full")
  @Test
  void nobodyIsForgotten_whenTheOthersGoAway() throws Exception {
    int rounds = 10_000;
    disk.takeToForce(() -> LockSupport.parkNanos(Duration.ofNanos(50_000).toNanos()));
    try (LaneWriter lane = open()) {
      awaitSleep();
      CyclicBarrier together = new CyclicBarrier(3);
      List<Future<Boolean>> waiting = new ArrayList<>();
      for (int thread = 0; thread < together.getParties(); thread++) {
        int first = thread * 1_000_000;
        waiting.add(
            later(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    together.await();
                    append(lane, first + i, true);
                  }
                }));
      }
      for (Future<Boolean> one : waiting) {
        assertThat(one.get()).isTrue();
      }
    }
    assertThat(disk.numbers()).hasSize(3 * rounds);
  }

  @Test
  void whoWaitsForLongIsSeenTo_whoeverForgotHim() throws Exception {
    try (LaneWriter lane = open(disk, Optional.empty(), Duration.ofMillis(10))) {
      awaitSleep();
      FutureTask<Boolean> forgotten =
          new FutureTask<>(
              () -> {
                append(lane, 1, true);
                return true;
              });
      // As if the thread whose turn it was had ended before it looked who waits.
      lane.turns.lock();
      try {
        Thread thread = new Thread(forgotten);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      } finally {
        lane.turns.unlock();
      }

      assertThat(forgotten.get()).isTrue();
      assertThat(disk.numbers()).containsExactly(1);
    }
  }

  @Test
  void endsAtOnce_whoeverHadTheTurnAsItWasClosed() throws Exception {
    LaneWriter lane = open(disk, Optional.of(new CheckpointThread("test", forced -> {})), NEVER);
    awaitSleep();
    Future<Boolean> closing;
    lane.turns.lock();
    try {
      // Written by this thread, which wakes the own one: the first record is in no checkpoint.
      append(lane, 1, true);
      while (!lane.turns.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      CompletableFuture<Thread> closer = new CompletableFuture<>();
      closing =
          later(
              () -> {
                closer.complete(Thread.currentThread());
                lane.close();
              });
      while (closer.get().getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    } finally {
      lane.turns.unlock();
    }
    assertThat(closing.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(disk.numbers()).containsExactly(1);
  }

  @Tag("full")
  @Test
  void aCheckpointThatIsDue_isNotTriedAgainAndAgain_whileTheDiskFails() throws Exception {
    try (LaneWriter uncovered = open()) {
      append(uncovered, 0, true);
    }
    int before = disk.attempts();
    disk.failForce(new IOException("No space left on device"));
    CheckpointThread maker = new CheckpointThread("test", forced -> {});
    try (LaneWriter lane = open(disk, Optional.of(maker), NEVER)) {
      assertThatThrownBy(() -> append(lane, 1, true)).hasMessageContaining("No space left");
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      assertThat(disk.attempts() - before).isBetween(1, 3);
      disk.mend();
      append(lane, 2, true);
      assertThat(disk.numbers()).containsExactly(0, 2);
    }
  }

  @Test
  void checkpointsAreDueByNumberAndByTime() throws Exception {
    BlockingQueue<Long> made = new LinkedBlockingQueue<>();
    CheckpointThread maker = new CheckpointThread("test", forced -> made.add(forced.size()));
    try (LaneWriter lane = open(disk, Optional.of(maker), NEVER)) {
      append(lane, 1, true);
      nanos.addAndGet(LaneWriter.MOST_NANOS - 1);
      lane.flush();
      append(lane, 2, true);
      nanos.addAndGet(1);
      assertThat(made.take()).isEqualTo(2);

      for (int i = 0; i < LaneWriter.MOST_RECORDS; i++) {
        append(lane, 3 + i, false);
      }
      assertThat(made.take()).isEqualTo(2 + LaneWriter.MOST_RECORDS);
      assertThat(made).isEmpty();
    }
  }

  @Test
  void manyDurableEventsShareOneForce() throws Exception {
    try (LaneWriter lane = open()) {
      disk.shut();
      List<Future<Boolean>> waiting = new ArrayList<>();
      waiting.add(later(() -> append(lane, 0, true)));
      disk.awaitArrival();
      for (int i = 1; i < 32; i++) {
        int number = i;
        waiting.add(later(() -> append(lane, number, true)));
      }
      awaitQueued(lane, 31);
      disk.open();
      for (Future<Boolean> one : waiting) {
        assertThat(one.get()).isTrue();
      }
      assertThat(disk.forces()).isEqualTo(2);
      assertThat(disk.forcedNumbers()).hasSize(32);
    }
  }

  @Test
  void aBufferedEventIsWrittenSoon_withoutAnybodyAsking() throws Exception {
    try (LaneWriter lane = open()) {
      append(lane, 1, false);
      disk.awaitSize();
      assertThat(disk.numbers()).containsExactly(1);
      assertThat(disk.forces()).isZero();
    }
    assertThat(disk.forcedNumbers()).containsExactly(1);
  }

  @Test
  void whatIsUnforcedIsForced_whenASecondHasPassed() throws Exception {
    try (LaneWriter lane = open()) {
      append(lane, 1, false);
      lane.flush();
      nanos.addAndGet(1_000_000_000L);
      disk.awaitForce();
      assertThat(disk.forcedNumbers()).containsExactly(1);
    }
  }

  @Test
  void aFullQueueBlocks_andNothingIsLost_whenItGoesOn() throws Exception {
    try (LaneWriter lane = open()) {
      fill(lane);
      Future<Boolean> blocked = blocked(lane, FILLED);
      assertThat(blocked.isDone()).isFalse();

      disk.open();
      assertThat(blocked.get()).isTrue();
    }
    assertThat(disk.numbers()).containsExactlyElementsOf(range(0, FILLED + 1));
  }

  @Test
  void anInterruptEndsTheWaitForRoom_andTheEventIsNotWritten() throws Exception {
    try (LaneWriter lane = open()) {
      fill(lane);
      CountDownLatch told = new CountDownLatch(1);
      Set<String> seen = ConcurrentHashMap.newKeySet();
      Thread thread =
          new Thread(
              () -> {
                try {
                  append(lane, 999, false);
                } catch (InterruptedIOException e) {
                  seen.add("refused, interrupted " + Thread.currentThread().isInterrupted());
                } catch (IOException e) {
                  seen.add(String.valueOf(e.getMessage()));
                }
                told.countDown();
              });
      thread.start();
      awaitBlocked(thread);
      thread.interrupt();
      told.await();
      assertThat(seen).containsExactly("refused, interrupted true");
      disk.open();
    }
    assertThat(disk.numbers()).containsExactlyElementsOf(range(0, FILLED));
  }

  @Test
  void anInterruptDoesNotEndTheWaitForTheDisk_andIsNotForgotten() throws Exception {
    try (LaneWriter lane = open()) {
      disk.shut();
      CountDownLatch told = new CountDownLatch(1);
      Set<String> seen = ConcurrentHashMap.newKeySet();
      Thread thread =
          new Thread(
              () -> {
                try {
                  append(lane, 1, true);
                  seen.add("written, interrupted " + Thread.currentThread().isInterrupted());
                } catch (IOException e) {
                  seen.add(String.valueOf(e.getMessage()));
                }
                told.countDown();
              });
      thread.start();
      disk.awaitArrival();
      thread.interrupt();
      disk.open();
      told.await();
      assertThat(seen).containsExactly("written, interrupted true");
    }
  }

  @Test
  void whoWaitsIsToldOfTheFailure_andRefusedEventsAreNotWrittenLater() throws Exception {
    try (LaneWriter lane = open()) {
      append(lane, 1, true);
      disk.fail(new IOException("no space left"));
      assertThatThrownBy(() -> append(lane, 2, true)).hasMessage("no space left");
      assertThatThrownBy(() -> append(lane, 3, false)).hasMessage("no space left");
      disk.mend();
      append(lane, 4, false);
      append(lane, 5, true);
    }
    assertThat(disk.numbers()).containsExactly(1, 4, 5);
  }

  @Test
  void aFailedForceRefusesAndRemovesTheEvent() throws Exception {
    try (LaneWriter lane = open()) {
      append(lane, 1, true);
      disk.failForce(new IOException("I/O error"));
      assertThatThrownBy(() -> append(lane, 2, true)).hasMessage("I/O error");
      assertThat(disk.numbers()).containsExactly(1);
      assertThatThrownBy(() -> append(lane, 3, false)).hasMessage("I/O error");
      disk.mend();
      append(lane, 4, false);
      assertThat(disk.forcedNumbers()).containsExactly(1, 4);
    }
  }

  @Test
  void whatWasAcceptedBeforeTheFailureIsKept_andWrittenInItsPlace() throws Exception {
    try (LaneWriter lane = open()) {
      fill(lane);
      disk.fail(new IOException("no space left"));
      disk.open();
      assertThatThrownBy(() -> append(lane, 1000, true)).hasMessage("no space left");
      for (int i = 0; i < 3 * CAPACITY; i++) {
        assertThatThrownBy(() -> append(lane, 1001, false)).hasMessage("no space left");
      }
      disk.mend();
      append(lane, 1002, false);
    }
    List<Integer> expected = new ArrayList<>(range(0, FILLED));
    expected.add(1002);
    assertThat(disk.numbers()).containsExactlyElementsOf(expected);
  }

  @Test
  void whoComesWhileAWriteFailsIsNotRefusedWithIt() throws Exception {
    try (LaneWriter lane = open()) {
      disk.fail(new IOException("no space left"));
      append(lane, 1, false);
      assertThatThrownBy(lane::flush).hasMessage("no space left");
      disk.shut();
      disk.failOnce(new IOException("no space left"));
      Future<Boolean> before = later(() -> append(lane, 2, true));
      disk.awaitArrival();
      Future<Boolean> meanwhile = later(() -> append(lane, 3, true));
      awaitQueued(lane, 1);
      disk.open();

      assertThatThrownBy(before::get).hasRootCauseMessage("no space left");
      assertThat(meanwhile.get()).isTrue();
    }
    assertThat(disk.numbers()).containsExactly(1, 3);
  }

  @Test
  void whatIsKeptIsTriedAgain_withoutANewEvent() throws Exception {
    try (LaneWriter lane = open()) {
      disk.fail(new IOException("no space left"));
      append(lane, 1, false);
      assertThatThrownBy(lane::flush).hasMessage("no space left");
      disk.mend();
      nanos.addAndGet(1_000_000_000L);
      disk.awaitForce();
      assertThat(disk.forcedNumbers()).containsExactly(1);
    }
  }

  @Test
  void closingTellsWhatCouldNotBeWritten() throws Exception {
    LaneWriter lane = open();
    disk.fail(new IOException("no space left"));
    append(lane, 1, false);

    assertThatThrownBy(lane::close)
        .isInstanceOfSatisfying(
            LostRecordsException.class, lost -> assertThat(lost.events()).hasSize(1))
        .hasMessage("no space left");
    assertThat(disk.closed()).isTrue();
    lane.close();
  }

  @Test
  void ofWhatIsKept_asMuchIsWrittenAsThereIsRoomFor() throws Exception {
    LaneWriter lane = open();
    fill(lane);
    disk.leaveRoom(10_000);
    disk.open();

    Throwable told = catchThrowable(lane::close);

    List<Integer> written = disk.numbers();
    assertThat(disk.size()).isBetween(9_000L, 10_000L);
    assertThat(written).containsExactlyElementsOf(range(0, written.size()));
    assertThat(disk.forcedNumbers()).isEqualTo(written);
    assertThat(told)
        .isInstanceOfSatisfying(
            LostRecordsException.class,
            lost -> assertThat(lost.events()).hasSize(FILLED - written.size()));
  }

  @Test
  void aWriterThatHitsAnythingGoesOn() throws Exception {
    try (LaneWriter lane = open()) {
      for (Throwable hit :
          List.of(new IllegalStateException("hunter2"), new OutOfMemoryError("hunter2"))) {
        disk.fail(hit);
        assertThatThrownBy(() -> append(lane, 1, true))
            .isInstanceOf(IOException.class)
            .hasMessage("the writer failed with " + hit.getClass().getName());
        disk.mend();
        append(lane, 2, true);
      }
    }
    assertThat(disk.numbers()).containsExactly(2, 2);
  }

  @Test
  void halfABatchIsRemoved_alsoWhenThatFailsAtFirst() throws Exception {
    try (LaneWriter lane = open()) {
      append(lane, 1, true);
      disk.fail(new IOException("no space left"));
      disk.leaveFragments();
      assertThatThrownBy(() -> append(lane, 2, true)).hasMessage("no space left");
      assertThatThrownBy(() -> append(lane, 3, true)).hasMessage("no truncation");
      disk.mend();
      append(lane, 4, true);
    }
    assertThat(disk.numbers()).containsExactly(1, 4);
  }

  @Test
  void eachEventWhileClosingIsInTheLog_orItsThreadWasTold() throws Exception {
    for (int round = 0; round < 200; round++) {
      TestDisk fresh = new TestDisk();
      LaneWriter lane = open(fresh, Optional.empty(), Duration.ofMillis(100));
      Set<Integer> accepted = ConcurrentHashMap.newKeySet();
      CountDownLatch begun = new CountDownLatch(4);
      List<Future<Boolean>> threads = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread * 1_000_000;
        threads.add(
            later(
                () -> {
                  begun.countDown();
                  for (int i = first; ; i++) {
                    append(lane, i, i % 16 == 15);
                    accepted.add(i);
                  }
                }));
      }
      begun.await();
      lane.close();
      for (Future<Boolean> thread : threads) {
        assertThatThrownBy(thread::get)
            .isInstanceOf(ExecutionException.class)
            .hasRootCauseMessage("the audit log has been closed");
      }
      assertThat(new HashSet<>(fresh.numbers())).isEqualTo(accepted);
    }
  }

  @Test
  void closingReleasesWhoWaitsForRoom() throws Exception {
    LaneWriter lane = open();
    fill(lane);
    Future<Boolean> blocked = blocked(lane, 999);
    Future<Boolean> closing = later(lane::close);

    assertThatThrownBy(blocked::get).hasRootCauseMessage("the audit log has been closed");
    disk.open();
    assertThat(closing.get()).isTrue();
    assertThat(disk.numbers()).hasSize(FILLED);
  }

  @Test
  void aClockThatThrowsHoldsUpNoRecord_andNoClose() throws Exception {
    LaneWriter lane = open();
    append(lane, 1, false);
    broken = true;
    Future<Boolean> all =
        later(
            () -> {
              append(lane, 2, true);
              append(lane, 3, false);
              lane.close();
            });
    assertThat(all.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(disk.forcedNumbers()).containsExactly(1, 2, 3);
  }

  private long nanoTime() {
    if (broken) {
      throw new IllegalStateException("no time");
    }
    return nanos.get();
  }

  /** Whoever is forgotten stays so. */
  private LaneWriter open() throws IOException {
    return open(disk, Optional.empty(), NEVER);
  }

  private LaneWriter open(
      TestDisk file, Optional<CheckpointThread> checkpoints, Duration longestWait)
      throws IOException {
    return LaneWriter.start(
        "test", OneFile.lane(file), CAPACITY, this::nanoTime, checkpoints, 0, longestWait);
  }

  private static void append(LaneWriter lane, int number, boolean durable) throws IOException {
    lane.append(Events.numbered(number), durable ? Durability.DURABLE : Durability.BUFFERED);
  }

  /** Fills the queue behind a disk that is shut. */
  private void fill(LaneWriter lane) throws Exception {
    disk.shut();
    append(lane, 0, false);
    disk.awaitArrival();
    for (int i = 1; i < FILLED; i++) {
      append(lane, i, false);
    }
  }

  private interface Act {
    void run() throws Exception;
  }

  private Future<Boolean> later(Act act) {
    Callable<Boolean> call =
        () -> {
          act.run();
          return true;
        };
    return pool.submit(call);
  }

  /** Appends one for which there is no room. */
  private Future<Boolean> blocked(LaneWriter lane, int number) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    Future<Boolean> blocked =
        later(
            () -> {
              thread.complete(Thread.currentThread());
              append(lane, number, false);
            });
    awaitBlocked(thread.get());
    return blocked;
  }

  private static void awaitBlocked(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void awaitQueued(LaneWriter lane, int events) {
    while (lane.queued() < events) {
      Thread.onSpinWait();
    }
  }

  /** Until the lane's thread waits for work and not briefly. */
  private static void awaitSleep() {
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(one -> one.getName().equals("enclave-audit-test"))
            .findAny()
            .orElseThrow();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  /** A file in memory that can block, fail, and tell what was forced. */
  private static final class TestDisk implements LaneFile {

    private final Set<String> writers = new HashSet<>();
    private byte[] bytes = new byte[0];
    private int length;
    private int room = Integer.MAX_VALUE;
    private int forced;
    private int forces;
    private int attempts;
    private Runnable forcing = () -> {};
    private boolean once;
    private boolean shut;
    private boolean arrived;
    private boolean closed;
    private boolean truncates = true;
    private Optional<Throwable> writeFailure = Optional.empty();
    private Optional<Throwable> forceFailure = Optional.empty();

    synchronized void shut() {
      shut = true;
      arrived = false;
    }

    synchronized void open() {
      shut = false;
      notifyAll();
    }

    synchronized void fail(Throwable failure) {
      writeFailure = Optional.of(failure);
    }

    /** Of the next write alone. */
    synchronized void failOnce(Throwable failure) {
      fail(failure);
      once = true;
    }

    synchronized void leaveRoom(int most) {
      room = most;
    }

    synchronized void failForce(Throwable failure) {
      forceFailure = Optional.of(failure);
    }

    synchronized void takeToForce(Runnable time) {
      forcing = time;
    }

    synchronized void leaveFragments() {
      truncates = false;
    }

    synchronized void mend() {
      writeFailure = Optional.empty();
      forceFailure = Optional.empty();
      truncates = true;
    }

    synchronized void awaitArrival() throws InterruptedException {
      while (!arrived) {
        wait();
      }
    }

    synchronized void awaitSize() throws InterruptedException {
      while (length == 0) {
        wait();
      }
    }

    synchronized void awaitForce() throws InterruptedException {
      while (forces == 0) {
        wait();
      }
    }

    synchronized int attempts() {
      return attempts;
    }

    synchronized int forces() {
      return forces;
    }

    synchronized Set<String> writers() {
      return Set.copyOf(writers);
    }

    /** Not ended by an interrupt, as no write to a disk is. */
    private void awaitOpening() {
      boolean interrupted = false;
      while (shut) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized boolean closed() {
      return closed;
    }

    synchronized List<Integer> numbers() throws IOException {
      return numbers(length);
    }

    synchronized List<Integer> forcedNumbers() throws IOException {
      return numbers(forced);
    }

    private List<Integer> numbers(int end) throws IOException {
      byte[] log = Arrays.copyOf(bytes, end);
      assertThat(LaneContent.of(log).problem()).isEmpty();
      List<Integer> numbers = new ArrayList<>();
      for (String line : new String(log, StandardCharsets.UTF_8).lines().toList()) {
        String caller =
            String.valueOf(AuditRecords.parse(line.getBytes(StandardCharsets.UTF_8)).get("caller"));
        numbers.add(Integer.valueOf(caller.substring("user:".length())));
      }
      return numbers;
    }

    @Override
    public synchronized long size() {
      return length;
    }

    @Override
    public synchronized byte[] tail(int count) {
      return Arrays.copyOfRange(bytes, length - count, length);
    }

    @Override
    public synchronized void read(long position, byte[] into, int start, int count) {
      System.arraycopy(bytes, (int) position, into, start, count);
    }

    @Override
    public synchronized void write(long position, byte[] added, int count) throws IOException {
      arrived = true;
      notifyAll();
      writers.add(Thread.currentThread().getName());
      awaitOpening();
      int written = writeFailure.isPresent() ? count / 2 : count;
      int end = (int) position + written;
      if (bytes.length < end) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(added, 0, bytes, (int) position, written);
      length = Math.min(end, room);
      Optional<Throwable> failure = writeFailure;
      if (once) {
        once = false;
        writeFailure = Optional.empty();
      }
      raise(failure);
      if (end > room) {
        throw new IOException("no space left");
      }
    }

    @Override
    public synchronized void truncate(long size) throws IOException {
      if (!truncates) {
        throw new IOException("no truncation");
      }
      length = (int) size;
      forced = Math.min(forced, length);
    }

    @Override
    public synchronized void force() throws IOException {
      attempts++;
      raise(forceFailure);
      forcing.run();
      forced = length;
      forces++;
      notifyAll();
    }

    private static void raise(Optional<Throwable> failure) throws IOException {
      if (failure.isPresent()) {
        Throwable thrown = failure.get();
        if (thrown instanceof IOException e) {
          throw e;
        }
        if (thrown instanceof Error e) {
          throw e;
        }
        throw (RuntimeException) thrown;
      }
    }

    @Override
    public synchronized void close() {
      closed = true;
    }
  }
}
