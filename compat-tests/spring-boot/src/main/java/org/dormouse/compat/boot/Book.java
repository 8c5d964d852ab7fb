package org.dormouse.compat.boot;

import java.util.List;

/** What the shop sells; also its form in JSON. The shop gives the id. */
public record Book(Long id, String title, List<String> authors, int cents) {}
