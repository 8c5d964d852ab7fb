/**
 * From a WAR, or a folder that looks like one, to a {@link org.dormouse.servlet.Deployment}: descriptors, annotations, initializers, the
 * class loader, static content. {@link org.dormouse.deploy.WarDeployer} is the entry. Nothing here runs the application.
 */
@NullMarked
package org.dormouse.deploy;

import org.jspecify.annotations.NullMarked;
