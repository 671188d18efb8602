package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.RacersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new SoftHsmUnderTest());
  }
}
