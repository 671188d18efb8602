package dev.enclave.campaign.demo;

import dev.enclave.campaign.NamesCampaign;

class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new KeyhouseUnderTest(), "UpdateKey");
  }

  /** The first one makes the version. */
  @Override
  protected int activatingRequest() {
    return 2;
  }
}
