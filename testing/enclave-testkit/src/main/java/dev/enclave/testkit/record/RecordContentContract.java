package dev.enclave.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** One record, written and read by one after the other. */
public interface RecordContentContract extends RecordStoreUnderTest {

  /** Asserts that a call fails for good with this code. */
  private static void refuses(FailureCode code, ThrowingCallable call) {
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, call);
    assertThat(failure).as("a failure with " + code).isNotNull();
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure.failureClass())
        .as("class of: " + failure.getMessage())
        .isEqualTo(FailureClass.PERMANENT);
  }

  @Test
  default void findsNothing_whereNothingWasWritten() throws Exception {
    try (RecordStore store = open()) {
      assertThat(store.find(freshName(), call())).isEmpty();
    }
  }

  @Test
  default void givesBackEveryByte() throws Exception {
    byte[] all = new byte[1024];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord written = store.create(name, Bytes.of(all), call());
      assertThat(written.name()).isEqualTo(name);
      assertThat(written.content()).isEqualTo(Bytes.of(all));
      assertThat(store.find(name, call())).contains(written);
    }
  }

  @Test
  default void createsNothingOverARecord() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord first = store.create(name, content("first"), call());
      refuses(FailureCode.ALREADY_EXISTS, () -> store.create(name, content("second"), call()));
      refuses(FailureCode.ALREADY_EXISTS, () -> store.create(name, content("first"), call()));
      assertThat(store.find(name, call())).contains(first);
    }
  }

  @Test
  default void replacesARecord() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord first = store.create(name, content("first"), call());
      StoredRecord second = store.replace(first, content("second, and longer"), call());
      StoredRecord third = store.replace(second, content("3"), call());
      assertThat(second.content()).isEqualTo(content("second, and longer"));
      assertThat(store.find(name, call())).contains(third);
      assertThat(third.revision()).isNotIn(first.revision(), second.revision());
    }
  }

  @Test
  default void givesEveryWriteARevision_alsoOfTheSameContent() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord first = store.create(name, content("same"), call());
      StoredRecord second = store.replace(first, content("same"), call());
      assertThat(second.revision()).isNotEqualTo(first.revision());
      refuses(FailureCode.CONFLICT, () -> store.replace(first, content("late"), call()));
      assertThat(store.find(name, call())).contains(second);
    }
  }

  @Test
  default void readsChangeNoRevision() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord written = store.create(name, content("read often"), call());
      store.find(name, call());
      store.settle(name, call());
      store.page(java.util.Optional.empty(), call());
      assertThat(store.find(name, call())).contains(written);
      store.replace(written, content("replaced"), call());
    }
  }

  @Test
  default void replacesNoRecordThatChangedMeanwhile() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord first = store.create(name, content("first"), call());
      StoredRecord second = store.replace(first, content("second"), call());
      refuses(FailureCode.CONFLICT, () -> store.replace(first, content("third"), call()));
      assertThat(store.find(name, call())).contains(second);
    }
  }

  @Test
  default void replacesNothing_whereNothingIsAnyMore() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord gone = store.create(name, content("first"), call());
      remove(name);
      refuses(FailureCode.NOT_FOUND, () -> store.replace(gone, content("second"), call()));
      assertThat(store.find(name, call())).isEmpty();
    }
  }

  @Test
  default void createsAnew_whatWasRemoved_andKnowsTheOldOneApart() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord gone = store.create(name, content("same"), call());
      remove(name);
      StoredRecord anew = store.create(name, content("same"), call());
      refuses(FailureCode.CONFLICT, () -> store.replace(gone, content("late"), call()));
      assertThat(store.find(name, call())).contains(anew);
    }
  }

  @Test
  default void takesTheLongestContent() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      Bytes longest = filled(store.longest());
      StoredRecord first = store.create(name, longest, call());
      assertThat(store.find(name, call()).map(StoredRecord::content)).contains(longest);
      store.replace(first, longest, call());
      assertThat(store.find(name, call()).map(StoredRecord::content)).contains(longest);
    }
  }

  @Test
  default void refusesALongerOne_andWritesNothing() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      Bytes tooLong = filled(store.longest() + 1);
      refuses(FailureCode.LIMIT_EXCEEDED, () -> store.create(name, tooLong, call()));
      assertThat(store.find(name, call())).isEmpty();
      StoredRecord fit = store.create(name, content("fit"), call());
      refuses(FailureCode.LIMIT_EXCEEDED, () -> store.replace(fit, tooLong, call()));
      assertThat(store.find(name, call())).contains(fit);
    }
  }

  private static Bytes filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xa5);
    return Bytes.of(bytes);
  }

  @Test
  default void twoInstancesSeeEachOthersWrites() throws Exception {
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      assertThat(other.find(name, call())).isEmpty();
      StoredRecord first = one.create(name, content("first"), call());
      assertThat(one.find(name, call())).contains(first);
      assertThat(other.find(name, call())).contains(first);
      StoredRecord second = other.replace(first, content("second"), call());
      assertThat(one.find(name, call())).contains(second);
      refuses(FailureCode.CONFLICT, () -> one.replace(first, content("late"), call()));
      refuses(FailureCode.ALREADY_EXISTS, () -> one.create(name, content("late"), call()));
    }
  }

  @Test
  default void knowsNoRecordUnchanged_thatAnotherInstanceReplaced() throws Exception {
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      one.create(name, content("first"), call());
      StoredRecord seen = one.find(name, call()).orElseThrow();
      other.replace(other.find(name, call()).orElseThrow(), content("second"), call());
      assertThat(one.isUnchanged(seen)).as("what was replaced is unchanged").isFalse();
      StoredRecord second = one.find(name, call()).orElseThrow();
      assertThat(one.isUnchanged(seen)).isFalse();
      assertThat(second.content()).isEqualTo(content("second"));
    }
  }

  @Test
  default void settlesWhatIsThere_andChangesNothing() throws Exception {
    KeyName name = freshName();
    try (RecordStore store = open()) {
      StoredRecord written = store.create(name, content("there"), call());
      store.settle(name, call());
      assertThat(store.find(name, call())).contains(written);
    }
  }

  @Test
  default void isCalledTheSameByEveryInstance() throws Exception {
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      assertThat(one.storeId()).matches("[\\x21-\\x7e]{1,128}").isEqualTo(other.storeId());
      assertThat(one.place()).isNotBlank().isEqualTo(other.place());
      assertThat(one.uriOf(name)).contains(":").isEqualTo(other.uriOf(name));
      assertThat(one.isRemote()).isEqualTo(other.isRemote());
      assertThat(one.longest()).isPositive().isEqualTo(other.longest());
    }
  }

  @Test
  default void namesARecordByItsKey() throws Exception {
    KeyName name = freshName();
    KeyName another = freshName();
    try (RecordStore store = open()) {
      assertThat(store.nameOf(name)).contains(name.value()).isNotEqualTo(store.nameOf(another));
      assertThat(store.uriOf(name)).contains(name.value()).isNotEqualTo(store.uriOf(another));
    }
  }

  @Test
  default void isClosedTwiceWithoutHarm_andKeepsItsRecords() throws Exception {
    KeyName name = freshName();
    RecordStore first = open();
    StoredRecord written = first.create(name, content("kept"), call());
    first.close();
    first.close();
    try (RecordStore again = open()) {
      assertThat(again.find(name, call())).contains(written);
    }
  }
}
