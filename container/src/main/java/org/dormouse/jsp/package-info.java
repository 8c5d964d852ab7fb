/**
 * JSP pages through Jasper, where it is on the class path: {@link org.dormouse.jsp.JspEngine} is the entry, and with what descriptors say of
 * pages ({@link org.dormouse.jsp.JspConfig}) the only thing here that can be used without Jasper. Nothing outside of this package names a
 * class of Jasper.
 */
@NullMarked
package org.dormouse.jsp;

import org.jspecify.annotations.NullMarked;
