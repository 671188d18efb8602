package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.CrashCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new SoftHsmUnderTest());
  }
}
