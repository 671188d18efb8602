package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.processes.RemoteSoftHsm;
import dev.enclave.processes.SoftHsm;
import java.io.IOException;
import java.nio.file.Path;

/** A new token of SoftHSM's in a process of its own, which p11-kit's library reaches. */
public final class RemoteSoftHsmUnderTest extends TokenUnderTest {

  /** For the service loader. */
  public RemoteSoftHsmUnderTest() {
    super(RemoteSoftHsm.library(), SoftHsm.PIN);
  }

  @Override
  AutoCloseable token(Path folder) throws IOException, InterruptedException {
    SoftHsm softHsm = SoftHsm.in(folder);
    softHsm.token(LABEL);
    return RemoteSoftHsm.start(folder, softHsm);
  }

  /** The library looks for its server where a variable of the process says. */
  @Override
  public void reach(Deployment deployment) {
    RemoteSoftHsm.reach(folder(deployment));
  }
}
