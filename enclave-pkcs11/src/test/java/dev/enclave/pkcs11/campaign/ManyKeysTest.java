package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.ManyKeysCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new SoftHsmUnderTest());
  }
}
