package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.processes.SoftHsm;
import java.io.IOException;
import java.nio.file.Path;

/** A new token of SoftHSM's in a folder of its own. */
public final class SoftHsmUnderTest extends TokenUnderTest {

  /** For the service loader. */
  public SoftHsmUnderTest() {
    super(SoftHsm.library(), SoftHsm.PIN);
  }

  @Override
  AutoCloseable token(Path folder) throws IOException, InterruptedException {
    SoftHsm.in(folder).token(LABEL);
    return () -> {};
  }

  /** The library looks for its tokens where a variable of the process says. */
  @Override
  public void reach(Deployment deployment) {
    SoftHsm.setVariable("SOFTHSM2_CONF", folder(deployment).resolve("softhsm2.conf").toString());
  }
}
