package dev.enclave.cli.demo;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;

/** Prints a demo's steps. A step whose outcome is not what it must be ends the demo. */
final class Steps {

  private final Session session;
  private final String advice;
  private int step;

  /**
   * From step 1 on.
   *
   * @param advice what to do when a step does not give what it must
   */
  Steps(Session session, String advice) {
    this.session = session;
    this.advice = advice;
  }

  void step(String title, String explanation) {
    step++;
    session.print("");
    session.print(step + ". " + title + ". " + explanation);
  }

  void result(String line) {
    session.print("   " + line);
  }

  void require(boolean asItMust, String good, String bad) {
    if (!asItMust) {
      throw wrong(bad);
    }
    result(good);
  }

  EnclaveException wrong(String bad) {
    return Texts.STEP_WENT_WRONG.as(ErrorCode.WRONG_ANSWER, step, bad, advice);
  }

  void done() {
    session.print("");
    session.print(Texts.DEMO_DONE.with());
  }
}
