package dev.enclave.testkit.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has a test of contracts write what it found to {@code target/conformance}, one file a class, for
 * a table of all backends. Lines of tab-separated values: {@code backend}, {@code against}, {@code
 * what} and {@code traits} with their values, then a line for each contract with the number of its
 * tests that passed, and of those that the class replaced because they do not apply there.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ConformanceRecorder.class)
public @interface ConformanceRecord {

  /** The backend's id. */
  String backend();

  /** How much the run proves. */
  RanAgainst against();

  /** What was on the other side, in a few words. */
  String what();
}
