package dev.enclave.browser;

/** Ends the checks of a request. Never leaves the package. */
final class RefusedRequest extends Exception {

  private static final long serialVersionUID = 1L;

  private final Refusal refusal;
  private final String message;

  RefusedRequest(Refusal refusal, String message) {
    super(message, null, false, false);
    this.refusal = refusal;
    this.message = message;
  }

  Reception.Refused reception() {
    return new Reception.Refused(refusal, message);
  }
}
